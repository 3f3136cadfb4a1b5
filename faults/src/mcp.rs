//! The faults of a server of the Model Context Protocol.

pub(crate) mod cancel;
pub(crate) mod completion;
pub(crate) mod declared;
pub(crate) mod end;
pub(crate) mod envelope;
pub(crate) mod framing;
pub(crate) mod input;
pub(crate) mod listen;
pub(crate) mod logging;
pub(crate) mod modern;
pub(crate) mod paging;
pub(crate) mod ping;
pub(crate) mod progress;
pub(crate) mod prompts;
pub(crate) mod refusal;
pub(crate) mod resources;
pub(crate) mod robust;
pub(crate) mod roles;
pub(crate) mod start;
pub(crate) mod tasks;
pub(crate) mod tools;
