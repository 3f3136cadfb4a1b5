//! The implementation under test: how it is started, and what it reported of itself.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::applies::Release;
use crate::discover::{Form, Survey, discover};
use crate::failure::{Failure, OrInconclusive, Result};
use crate::home::{Empty, Home, Template};
use crate::peer::Peer;
use crate::profile::{Claims, Method, Profile};
use crate::settings::Settings;
use crate::trap::Trap;
use crate::websocket::Listening;
use reaper::process::Launch;
use report::{Dialect, Family, SubjectReport};
use schema::{Judge, Kit, Offer};

/// How a subject is started.
#[derive(Clone)]
pub struct Subject {
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// Variables added to its environment; `{{model_url}}` and `{{home}}` are replaced in their
    /// values.
    pub env: Vec<(String, String)>,
    /// The files that are written in each home.
    pub template: Arc<dyn Template>,
    /// The methods that the checks use.
    pub methods: &'static [Method],
    /// Claims about it, which override what it reports.
    pub claims: Claims,
    /// The limits of time and size.
    pub settings: Settings,
}

/// A subject and its profile.
#[derive(Clone)]
pub struct Examined {
    /// How it is started.
    pub subject: Subject,
    /// Its profile.
    pub profile: Profile,
}

/// The command cannot be a subject.
#[derive(Debug, thiserror::Error)]
pub enum SubjectError {
    /// There is no command.
    #[error("no command given")]
    Empty,
    /// The program does not exist.
    #[error("the program `{0}` was not found{1}")]
    NotFound(String, &'static str),
}

impl Subject {
    /// A subject started by `command`, with an empty home and the default limits.
    ///
    /// A program without a slash is looked up in `PATH`; a relative path is made absolute, because
    /// subjects do not start in the current directory.
    ///
    /// # Errors
    ///
    /// If there is no command, or its program does not exist.
    pub fn new(
        command: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> std::result::Result<Self, SubjectError> {
        let mut command: Vec<OsString> = command.into_iter().map(Into::into).collect();
        let program = command.first_mut().ok_or(SubjectError::Empty)?;
        *program = locate(Path::new(program))?.into_os_string();
        Ok(Self {
            command,
            env: Vec::new(),
            template: Arc::new(Empty),
            methods: &[],
            claims: Claims::default(),
            settings: Settings::default(),
        })
    }

    /// Sets the files that are written in each home.
    #[must_use]
    pub fn template(mut self, template: Arc<dyn Template>) -> Self {
        self.template = template;
        self
    }

    /// Sets the methods that the checks use, so that the subject is probed for them.
    #[must_use]
    pub fn methods(mut self, methods: &'static [Method]) -> Self {
        self.methods = methods;
        self
    }

    /// How the subject is started in this home.
    pub fn launch(&self, home: &Home, model_url: &str, trap: Option<&Trap>) -> Launch {
        let mut env: BTreeMap<OsString, OsString> = BTreeMap::new();
        // A fixed list: no other variable of our environment reaches a subject.
        let path =
            std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
        env.insert("PATH".into(), path);
        env.insert("TZ".into(), "UTC".into());
        env.insert("LANG".into(), "C.UTF-8".into());
        env.extend(home.env());
        if let Some(trap) = trap {
            env.extend(trap.env());
        }
        for (name, value) in self.template.env(model_url) {
            env.insert(name.into(), value.into());
        }
        for (name, value) in &self.env {
            let value = value
                .replace("{{model_url}}", model_url)
                .replace("{{home}}", &home.path().to_string_lossy());
            env.insert(name.into(), value.into());
        }
        let (program, args) = self.command.split_first().map_or_else(
            || (PathBuf::new(), Vec::new()),
            |(program, args)| (PathBuf::from(program), args.to_vec()),
        );
        Launch {
            label: program
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
            program,
            args,
            env,
            cwd: home.work().to_owned(),
            stderr_cap: self.settings.stderr,
        }
    }

    /// Examines the subject, in a home of its own.
    ///
    /// # Errors
    ///
    /// If the subject did not start, died, or did not answer.
    pub async fn examine(self) -> Result<Examined> {
        let home = Home::of(&self.settings).or_inconclusive("making a home")?;
        let model =
            mock_model::MockModel::start().await.or_inconclusive("starting the model service")?;
        let trap = Trap::start().await.or_inconclusive("starting the egress trap")?;
        self.template.write(&home, &model.base_url()).or_inconclusive("writing the home")?;
        let launch = self.launch(&home, &model.base_url(), Some(&trap));
        let transport = self.settings.transport;
        if transport.listens() {
            // Whoever does not offer it is not asked anything.
            let listening = Listening::start(launch.clone(), transport, &self.settings).await?;
            let _ = listening.end().await;
        }
        let survey = Survey { methods: self.methods, claims: &self.claims };
        let mut profile = discover(&survey, async |form: Form| {
            let mut peer = Peer::new(launch.clone(), form.handshake, self.settings.clone());
            peer.set_jsonrpc(form.jsonrpc);
            Ok(peer)
        })
        .await?;
        profile.transport = transport;
        Ok(Examined { subject: self, profile })
    }
}

/// The dialects that the subject speaks, each once.
fn families(profile: &Profile) -> Vec<Family> {
    let mut families: Vec<_> = profile.dialects.iter().map(|dialect| dialect.family()).collect();
    families.dedup();
    families
}

fn locate(program: &Path) -> std::result::Result<PathBuf, SubjectError> {
    let shown = || program.display().to_string();
    if program.components().count() > 1 || program.is_absolute() {
        return match std::path::absolute(program) {
            Ok(path) if path.is_file() => Ok(path),
            _ => Err(SubjectError::NotFound(shown(), "")),
        };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|directory| directory.join(program))
        .find(|candidate| candidate.is_file())
        .and_then(|found| std::path::absolute(found).ok())
        .ok_or_else(|| SubjectError::NotFound(shown(), " in PATH"))
}

impl From<SubjectError> for Failure {
    fn from(error: SubjectError) -> Self {
        Self::inconclusive("the command of the subject", error)
    }
}

impl Examined {
    /// The shapes by which its messages in this dialect are judged: those that were named, or those of
    /// the releases that it could be.
    pub(crate) fn shapes(&self, dialect: Dialect) -> Option<Arc<Judge>> {
        if dialect.is_mcp() {
            return None;
        }
        let none = BTreeMap::new();
        let methods = self.profile.methods.get(&dialect).unwrap_or(&none);
        let claimed = self.profile.release.map(Release::numbers);
        let own = self.subject.settings.shapes.clone();
        own.or_else(|| Kit::carried().judge_of(&Offer { claimed, methods }))
    }

    /// The entry of a report about it.
    pub fn report(&self) -> SubjectReport {
        let Self { subject, profile } = self;
        let words = subject.command.iter();
        SubjectReport {
            command: words.map(|part| part.to_string_lossy().into_owned()).collect(),
            user_agent: profile.user_agent.clone(),
            version: profile.version.clone(),
            dialects: families(profile),
            revisions: profile.dialects.iter().filter_map(|dialect| dialect.revision()).collect(),
            transport: subject.settings.transport,
        }
    }
}
