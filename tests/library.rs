//! The library as an application has it, without sockets: by the test client, and by requests to the gateway as a service.

#[path = "library/errors.rs"]
mod errors;
#[path = "library/hello.rs"]
mod hello;
#[path = "library/opening_by_form.rs"]
mod opening_by_form;
#[path = "library/runtimes.rs"]
mod runtimes;
#[path = "library/services.rs"]
mod services;
#[path = "library/state.rs"]
mod state;
#[path = "library/streams.rs"]
mod streams;
#[path = "library/test_client.rs"]
mod test_client;

#[path = "support/log.rs"]
mod log;
