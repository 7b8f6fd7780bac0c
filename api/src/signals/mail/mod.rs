//! Mail: bytes of messages and mailboxes become what their senders wrote.

mod html;
mod inspect;
mod mbox;
mod message;
mod source;

pub use html::lines as html_lines;
pub use inspect::{Inspected, inspect};
pub use mbox::{Content, Entry, MAX_MESSAGE, Mbox};
pub use message::{Address, MAX_TEXT, Mail, MailFault, parse};
pub use source::{FaultReason, MailSource, RawMail, SourceFault};
