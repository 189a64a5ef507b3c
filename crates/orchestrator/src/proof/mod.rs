//! The proof that no VM is left behind: a daemon that dies at every moment, under every fault of its provider.
//!
//! The whole daemon runs in this process, with its real store in a real file and its real client for the provider, in
//! virtual time. Around it stands what survives its death ([`world`]): the provider with its servers ([`project`]), the
//! guests in them ([`guest`]), and whoever enqueued the job. Every request to the provider and every write to the store
//! is a *moment*; a first run without any fault writes down which moments a life has, so that nobody has to list them.
//! Then the same life is lived again for each of them: at that moment the daemon ends as `kill -9` would end it, and is
//! started anew on the store that it left ([`life`]). When all is settled, the invariants must hold ([`matrix`]).

mod guest;
mod life;
mod matrix;
mod project;
mod random;
mod scenario;
mod several;
mod trouble;
mod world;
