//! The JWT with which an App signs in, judged as GitHub judges it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;

/// The longest time to the end of a JWT, in seconds.
const LONGEST: i64 = 600;

/// Why a JWT is not accepted, in GitHub's words.
pub(crate) type Rejection = &'static str;

/// Judges a JWT by the App's public key and id at a time, in seconds.
pub(crate) fn judge(jwt: &str, public: &[u8], app_id: u64, now: i64) -> Result<(), Rejection> {
    const UNDECODABLE: Rejection = "A JSON web token could not be decoded";
    let (signed, signature) = jwt.rsplit_once('.').ok_or(UNDECODABLE)?;
    let (header, claims) = signed.split_once('.').ok_or(UNDECODABLE)?;
    let header = part(header).ok_or(UNDECODABLE)?;
    if header["alg"] != "RS256" || header["typ"] != "JWT" {
        return Err(UNDECODABLE);
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| UNDECODABLE)?;
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| UNDECODABLE)?;
    let claims = part(claims).ok_or(UNDECODABLE)?;
    if claims["iss"] != app_id.to_string().as_str() && claims["iss"] != app_id {
        return Err("'Issuer' claim ('iss') must be an Integer or the client ID");
    }
    let issued = claims["iat"].as_i64().ok_or("Missing 'issued at' claim ('iat') in assertion")?;
    let ends = claims["exp"].as_i64().ok_or("Missing 'expiration time' claim ('exp') in assertion")?;
    if issued > now {
        return Err(
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
        );
    }
    if ends <= now {
        return Err(
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
        );
    }
    if ends - now > LONGEST || ends - issued > LONGEST {
        return Err("'Expiration time' claim ('exp') is too far in the future");
    }
    Ok(())
}

fn part(text: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}
