//! The verbs of the program.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    io::Write,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};
use tempfile::{NamedTempFile, TempDir};

use super::{Stop, TofuError, run::run};
use crate::{
    REQUEST_TAG, address_of,
    plan::{Order, Plan},
    state::{Instances, holdings},
};

/// The file beside the module that says where its state is kept, if it does not say so itself.
const BACKEND: &str = "backend.hcl";

/// What the names of folders begin with that hold what passes between verbs.
pub(crate) const SCRATCH: &str = "run-";

/// The values of the module's variables.
pub type Variables = Map<String, Value>;

/// Where the module is.
#[derive(Debug, Clone)]
pub struct Module {
    /// Its folder.
    pub folder: PathBuf,
    /// What its variables are, but for the image and the request of a deploy.
    pub variables: Variables,
    /// What the program finds in its environment besides what we have in ours.
    pub environment: Vec<(OsString, OsString)>,
}

/// OpenTofu or Terraform, for one module.
#[derive(Debug)]
pub struct Tofu {
    program: PathBuf,
    module: Module,
    stop: Stop,
    /// The hosts that the state held anything of when it was read last.
    held: BTreeSet<String>,
    /// Plans and variables lie here, readable by nobody else, and go when the run ends.
    scratch: TempDir,
}

impl Tofu {
    /// Makes ready to run the program. What passes between its verbs lies in a folder of `within`, which is nobody else's.
    ///
    /// # Errors
    /// [`TofuError::Files`] when there is no folder for what passes between its verbs.
    pub fn new(program: PathBuf, module: Module, within: &Path, stop: Stop) -> Result<Self, TofuError> {
        let scratch = tempfile::Builder::new().prefix(SCRATCH).tempdir_in(within);
        let scratch = scratch.map_err(|source| TofuError::Files { verb: "plan", source })?;
        Ok(Self { program, module, stop, held: BTreeSet::new(), scratch })
    }

    /// Fetches the providers that the lock file names, and finds the state.
    ///
    /// # Errors
    /// [`TofuError`].
    pub async fn init(&mut self) -> Result<(), TofuError> {
        let mut words = strings(&["-input=false", "-no-color", "-reconfigure"]);
        if self.module.folder.join(BACKEND).is_file() {
            words.push(format!("-backend-config={BACKEND}"));
        }
        self.run("init", &words).await.map(drop)
    }

    /// What stands.
    ///
    /// # Errors
    /// [`TofuError`].
    pub async fn instances(&mut self) -> Result<Instances, TofuError> {
        let printed = self.run("show", &strings(&["-json", "-no-color"])).await?;
        let found = holdings(&printed).map_err(|source| TofuError::Unexpected { verb: "show", source })?;
        self.held = found.hosts;
        Ok(found.instances)
    }

    /// Plans a new instance for a host, by force if it has one, and reads the plan back.
    ///
    /// Nothing but the host and what it depends on is looked at. Hosts that are declared and that the state knows nothing of
    /// are left out, since their roles would else be made with those of this one. That anything else stays out of the plan is
    /// not taken on trust: the plan is for [`crate::plan::judge`].
    ///
    /// # Errors
    /// [`TofuError`].
    pub async fn plan(&mut self, order: &Order) -> Result<Plan, TofuError> {
        let address = address_of(&order.host);
        let variables = self.variables(order)?;
        let mut words = strings(&["-input=false", "-no-color", "-lock-timeout=60s"]);
        words.push(format!("-target={address}"));
        words.push(format!("-replace={address}"));
        words.push(format!("-var-file={}", variables.path().display()));
        words.push(format!("-out={}", self.plan_file().display()));
        self.run("plan", &words).await?;
        let mut words = strings(&["-json", "-no-color"]);
        words.push(self.plan_file().display().to_string());
        let printed = self.run("show", &words).await?;
        Plan::parse(&printed).map_err(|source| TofuError::Unexpected { verb: "show", source })
    }

    /// Applies the plan that was made last, and nothing else: if anything has changed since, it refuses.
    ///
    /// # Errors
    /// [`TofuError`].
    pub async fn apply(&mut self) -> Result<(), TofuError> {
        let mut words = strings(&["-input=false", "-no-color", "-lock-timeout=60s"]);
        words.push(self.plan_file().display().to_string());
        self.run("apply", &words).await.map(drop)
    }

    fn plan_file(&self) -> PathBuf {
        self.scratch.path().join("plan")
    }

    /// The variables of a plan, in a file that only we can read. Its name ends as the program wants it to.
    fn variables(&self, order: &Order) -> Result<NamedTempFile, TofuError> {
        let mut variables = self.module.variables.clone();
        if let Some(declared) = variables.get_mut("instances").and_then(Value::as_object_mut) {
            declared.retain(|name, _| name == order.host.as_str() || self.held.contains(name));
        }
        variables.insert("ami_id".to_owned(), order.image.as_str().into());
        variables.insert(REQUEST_TAG.replace('-', "_"), order.request.as_str().into());
        let written = || -> std::io::Result<NamedTempFile> {
            let mut file =
                tempfile::Builder::new().suffix(".tfvars.json").tempfile_in(self.scratch.path())?;
            file.write_all(Value::Object(variables).to_string().as_bytes())?;
            Ok(file)
        };
        written().map_err(|source| TofuError::Files { verb: "plan", source })
    }

    async fn run(&mut self, verb: &'static str, words: &[String]) -> Result<Vec<u8>, TofuError> {
        let folders = (self.module.folder.as_path(), self.scratch.path());
        run(&self.program, folders, &self.module.environment, (verb, words), &mut self.stop).await
    }
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
