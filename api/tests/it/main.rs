//! Every integration test in one binary: it is linked once.

#![allow(unreachable_pub, reason = "a test binary has no outside")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails panics")]

mod harness;

// registry:begin
mod access;
mod audit;
mod backup;
mod bad_files;
mod cli;
mod command_queue;
mod companies;
mod contacts;
mod deals;
mod demo;
mod door;
mod events;
mod faults;
mod forms;
mod hooks;
mod import_leads;
mod import_mail;
mod import_pages;
mod import_runs;
mod job_faults;
mod jobs;
mod keys;
mod matrix;
mod openapi;
mod outcomes;
mod people;
mod signals;
mod worker;
mod workspace;
mod writes;
// registry:end
