//! A log in a table at DynamoDB.

use clawlets_audit::{
    BrokenChain, Fault as Broken, Head, Unlinked, Verified, Verifier,
    table::{HEAD, LINE, LINES, LOG, MARKER, line_id},
};
use clawlets_aws::{Attribute, Aws, DynamoDb, Expression, GetItem, Item, Query};
use clawlets_printer::{Fault, FaultCode, Printer};
use clawlets_verbs::environment::{AWS_DEFAULT_REGION, AWS_REGION};

use crate::{
    aws::{in_region, of_aws},
    env_file::Settings,
    fleet_file::ProjectFlag,
};

/// The account that the table is in: in the region that a variable says, or else the fleet.
pub(super) fn account(project: &ProjectFlag, printer: &Printer) -> Result<Aws, Fault> {
    let region = AWS_REGION.value().or_else(|| AWS_DEFAULT_REGION.value());
    if let Some(region) = region {
        let settings =
            project.find(printer).ok().map(|project| Settings::load(&project.runtime())).transpose()?;
        return in_region(region.expose(), settings.as_ref());
    }
    let project = project.find(printer)?;
    let settings = Settings::load(&project.runtime())?;
    in_region(project.load(printer)?.aws.region.as_str(), Some(&settings))
}

/// Reads a table to the end of its log.
pub(super) async fn verified(aws: &Aws, table: &str, marks: &[String]) -> Result<Verified, Fault> {
    let log = Log { database: aws.dynamodb(), table };
    // Read first, so that lines which come meanwhile are no surprise.
    let marker = log.marker().await?;
    let mut marks = marks.to_vec();
    let last = marker.map(|marker| marker.mark());
    marks.extend(last.clone());
    let mut verified = log.read(&marks).await?;
    if let Some(last) = &last
        && verified.absent.contains(last)
    {
        let words = format!("the table {table} ends before the line that was its last one");
        return Err(Fault::new(FaultCode::AuditBroken, words)
            .hint("lines were taken out at its end, or others put in their place"));
    }
    // It is one that nobody asked for.
    verified.absent.retain(|mark| Some(mark) != last.as_ref());
    Ok(verified)
}

/// A log and where it is.
struct Log<'a> {
    database: DynamoDb,
    table: &'a str,
}

impl Log<'_> {
    /// How far the log was when the server said so last.
    async fn marker(&self) -> Result<Option<Head>, Fault> {
        let text = |text: &str| Attribute::text(text);
        let key = Item::from([("pk".to_owned(), text(LOG)), ("sk".to_owned(), text(MARKER))]);
        let get = GetItem { table: self.table.to_owned(), key };
        let item = self.database.get(&get).await.map_err(|error| of_aws(&error))?;
        let Some(item) = item else { return Ok(None) };
        let head = item.get(HEAD).and_then(Attribute::as_text).map(Head::parse);
        let broken = || {
            let words = format!("the table {} does not say how far its log is", self.table);
            Fault::new(FaultCode::AuditBroken, words).hint("its item 'head' was changed")
        };
        head.and_then(Result::ok).map(Some).ok_or_else(broken)
    }

    async fn read(&self, marks: &[String]) -> Result<Verified, Fault> {
        let keys = Expression::new("#pk = :pk AND begins_with(#sk, :sk)").name("#pk", "pk").name("#sk", "sk");
        let keys = keys.value(":pk", Attribute::text(LOG)).value(":sk", Attribute::text(LINES));
        let query = Query { table: self.table.to_owned(), keys };
        let (mut verifier, mut behind) = (Verifier::new(marks), None);
        loop {
            let page = self.database.query(&query, behind.as_ref()).await.map_err(|error| of_aws(&error))?;
            for item in &page.items {
                follow(&mut verifier, item).map_err(|error| {
                    Fault::new(FaultCode::AuditBroken, format!("the table {} was changed", self.table))
                        .because(&error)
                })?;
            }
            behind = page.next;
            if behind.is_none() {
                return Ok(verifier.end());
            }
        }
    }
}

/// Looks at the next line.
fn follow(verifier: &mut Verifier, item: &Item) -> Result<(), BrokenChain> {
    let text = |name: &str| item.get(name).and_then(Attribute::as_text);
    if text("sk") != Some(line_id(verifier.head().seq + 1).as_str()) {
        return Err(verifier.broken(Broken::Unlinked(Unlinked::Number)));
    }
    let line = text(LINE).and_then(|line| line.strip_suffix('\n'));
    let line = line.ok_or_else(|| verifier.broken(Broken::CutOff))?;
    verifier.line(line.as_bytes())
}
