//! Everything put together: the schema and its nodes, the one policy table, the forms, figures rebuilt, reference data.

// The schema's root objects are merged one inside the other: their futures nest as deep as there are features.
#![recursion_limit = "512"]

pub mod audit;
pub mod forms;
pub mod node;
pub mod overview;
pub mod permissions;
pub mod policy;
pub mod rebuild;
pub mod reference;
pub mod schema;

use ::forms::workflow::graphql::{self as workflow, Submission};
use access::token::Keys;
use apparatus::{change, classification, function};
use base::indicator::graphql::{Indicator, MeasureValue};
use base::organisation::graphql::Organisation;
use finance::autonomy;
use kernel::clock::Clock;
use kit::app::{App, Recount, TokenLifetimes};
use kit::db::Db;
use procedures::{dossier, procedure};
use rows::extend::Extensible;
use spending::budget;

/// What is to be counted anew when organisations come or go: public service units are what autonomy is counted of.
const ON_ORGANISATION_CHANGE: &[Recount] =
    &[|clock, tx, permit, programme_id| Box::pin(autonomy::service::project(clock, tx, permit, programme_id))];

/// Installs what features say of themselves: the policy's table, and the fields that they add to types below them. Asked
/// before a schema is built; a second time changes nothing.
pub fn install() {
    policy::install();
    Organisation::extend(vec![
        procedure::graphql::ORGANISATION_FIELDS,
        change::graphql::ORGANISATION_FIELDS,
        function::graphql::ORGANISATION_FIELDS,
        classification::graphql::ORGANISATION_FIELDS,
    ]);
    Submission::extend(vec![dossier::graphql::SUBMISSION_FIELDS, budget::graphql::execution::SUBMISSION_FIELDS]);
    Indicator::extend(vec![workflow::INDICATOR_FIELDS]);
    MeasureValue::extend(vec![workflow::MEASURE_VALUE_FIELDS]);
}

/// The application's state, with the policy installed and every form of this server.
pub fn app(db: Db, clock: Clock, keys: Keys, lifetimes: TokenLifetimes) -> App {
    install();
    App::new(db, clock, keys, lifetimes, (forms::all(), ON_ORGANISATION_CHANGE))
}
