//! Every integration test in one binary: it is linked once.

#![allow(unreachable_pub, reason = "a test binary has no outside")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails panics")]

mod harness;

// registry:begin
mod access;
mod command_queue;
mod companies;
mod contacts;
mod deals;
mod demo;
mod door;
mod events;
mod forms;
mod hooks;
mod import_leads;
mod import_mail;
mod import_pages;
mod import_runs;
mod jobs;
mod keys;
mod matrix;
mod outcomes;
mod people;
mod signals;
mod worker;
mod workspace;
// registry:end
