//! What all features share of GraphQL: the schema put together, the gate before it, scalars, global ids,
//! paging, loaders and the caller's context.
//!
//! To add a feature: its types and root objects in `<feature>/graphql.rs`, its root objects in a group
//! below, its mutations in `access::policy::MUTATIONS`. `reform-api schema > schema.graphql` writes the
//! schema down; a test fails when the file differs.

pub mod allowed;
pub mod batch;
pub mod connection;
pub mod context;
pub mod directive;
pub mod gate;
pub mod id;
pub mod node;
pub mod paging;
pub mod payload;
pub mod rate;
pub mod scalar;

use std::sync::Arc;

use async_graphql::{MergedObject, MergedSubscription, Request, Response, Schema, ValidationMode};
use futures_util::stream::BoxStream;

use crate::app::App;
use crate::request::RequestContext;

// Each group is a list of its own: a single list of all features nests as deep as it is long, and the compiler takes minutes
// for it.

/// Accounts, forms, figures and the journal: reading.
#[derive(MergedObject, Default)]
pub struct CommonQuery(
    node::NodeQuery,
    crate::access::graphql::AccessQuery,
    crate::workflow::graphql::WorkflowQuery,
    crate::dossier::graphql::report::DossierReportQuery,
    crate::template::graphql::TemplateQuery,
    crate::indicator::graphql::IndicatorQuery,
    crate::overview::graphql::OverviewQuery,
    crate::audit::graphql::AuditQuery,
);

/// The programme, its organisations and their posts: reading.
#[derive(MergedObject, Default)]
pub struct OrganisationsQuery(
    crate::period::graphql::PeriodQuery,
    crate::organisation::graphql::OrganisationQuery,
    crate::organisation::change::graphql::OrganisationChangeQuery,
    crate::apparatus::function::graphql::FunctionQuery,
    crate::apparatus::delegation::graphql::DelegationQuery,
    crate::apparatus::classification::graphql::ClassificationQuery,
    crate::programme::graphql::ProgrammeQuery,
    crate::parameter::graphql::ParameterQuery,
    crate::staffing::graphql::StaffingQuery,
);

/// Administrative procedures: reading.
#[derive(MergedObject, Default)]
pub struct ProceduresQuery(
    crate::procedure::graphql::ProcedureQuery,
    crate::simplification::graphql::SimplificationQuery,
    crate::publicity::graphql::PublicityQuery,
);

/// Public finance: reading.
#[derive(MergedObject, Default)]
pub struct PublicFinanceQuery(
    crate::budget::graphql::BudgetQuery,
    crate::budget::disclosure::graphql::DisclosureQuery,
    crate::savings::graphql::SavingsQuery,
    crate::investment::graphql::InvestmentQuery,
    crate::autonomy::graphql::AutonomyQuery,
    crate::reform_budget::graphql::ReformBudgetQuery,
    crate::asset::graphql::AssetQuery,
);

/// Institutions and digital government: reading.
#[derive(MergedObject, Default)]
pub struct DigitalGovernmentQuery(
    crate::legal::graphql::LegalQuery,
    crate::legal::graphql::consultation::ConsultationQuery,
    crate::legal::graphql::review::LegalReviewQuery,
    crate::digital::system::graphql::InformationSystemQuery,
    crate::digital::application::graphql::TechnologyApplicationQuery,
    crate::digital::standard::graphql::query::StandardQuery,
    crate::digital::channel::graphql::OnlineDutyQuery,
    crate::dataset::graphql::DatasetQuery,
);

/// Reading: everything that a caller may see of the programmes that his grants reach. Every list is bounded.
#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub struct QueryRoot(CommonQuery, OrganisationsQuery, ProceduresQuery, PublicFinanceQuery, DigitalGovernmentQuery);

/// Accounts, forms, figures and the journal: writing.
#[derive(MergedObject, Default)]
pub struct CommonMutation(
    crate::access::graphql::AccessMutation,
    crate::workflow::graphql::WorkflowMutation,
    crate::dossier::graphql::DossierMutation,
    crate::template::graphql::TemplateMutation,
);

/// The programme, its organisations and their posts: writing.
#[derive(MergedObject, Default)]
pub struct OrganisationsMutation(
    crate::programme::graphql::ProgrammeMutation,
    crate::organisation::change::graphql::OrganisationChangeMutation,
    crate::apparatus::function::graphql::FunctionMutation,
    crate::apparatus::delegation::graphql::DelegationMutation,
    crate::apparatus::classification::graphql::ClassificationMutation,
    crate::staffing::graphql::mutation::StaffingMutation,
);

/// Administrative procedures: writing.
#[derive(MergedObject, Default)]
pub struct ProceduresMutation(
    crate::procedure::graphql::import::ProcedureMutation,
    crate::simplification::graphql::SimplificationMutation,
    crate::publicity::graphql::PublicityMutation,
);

/// Public finance: writing.
#[derive(MergedObject, Default)]
pub struct PublicFinanceMutation(
    crate::budget::graphql::mutation::BudgetMutation,
    crate::investment::graphql::mutation::InvestmentMutation,
    crate::autonomy::graphql::mutation::AutonomyMutation,
    crate::reform_budget::graphql::mutation::ReformBudgetMutation,
    crate::savings::graphql::mutation::SavingsMutation,
    crate::asset::graphql::mutation::AssetMutation,
);

/// Institutions and digital government: writing.
#[derive(MergedObject, Default)]
pub struct DigitalGovernmentMutation(
    crate::legal::graphql::mutation::LegalMutation,
    crate::legal::graphql::consultation::mutation::ConsultationMutation,
    crate::legal::graphql::review::mutation::LegalReviewMutation,
    crate::digital::system::graphql::mutation::InformationSystemMutation,
    crate::digital::application::graphql::TechnologyApplicationMutation,
    crate::digital::standard::graphql::mutation::StandardMutation,
    crate::digital::channel::graphql::mutation::OnlineDutyMutation,
    crate::dataset::graphql::mutation::DatasetMutation,
);

/// Writing: one input and one payload each. What a person can mend comes back in `userErrors`, all of it at
/// once; what the caller may not do, or what broke, is a top-level error with `extensions.code`.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct MutationRoot(
    CommonMutation,
    OrganisationsMutation,
    ProceduresMutation,
    PublicFinanceMutation,
    DigitalGovernmentMutation,
);

/// Live updates, narrowed to what the caller may see.
#[derive(MergedSubscription, Default)]
#[graphql(name = "Subscription")]
pub struct SubscriptionRoot(crate::workflow::graphql::WorkflowSubscription);

/// The schema behind its gate: the one executor of every transport.
pub type Api = gate::Gate<QueryRoot, MutationRoot, SubscriptionRoot>;

fn builder() -> async_graphql::SchemaBuilder<QueryRoot, MutationRoot, SubscriptionRoot> {
    Schema::build(QueryRoot::default(), MutationRoot::default(), SubscriptionRoot::default())
        // The gate has parsed and validated every document already.
        .validation_mode(ValidationMode::Fast)
        .limit_recursive_depth(32)
        .register_output_type::<node::Node>()
        .disable_suggestions()
}

/// Puts the schema together with its application, behind the gate.
///
/// # Errors
/// When the schema is not a valid one, or a form's template can't be read; the text says why. A test builds it,
/// so a release never fails here.
pub fn build(app: &Arc<App>) -> Result<Api, String> {
    crate::template::all()?;
    gate::Gate::new(builder().data(Arc::clone(app)).finish(), gate::Limits::default())
}

/// The schema in the schema definition language, as `schema.graphql` holds it.
pub fn sdl() -> String {
    let sdl = builder().finish().sdl_with_options(
        async_graphql::SDLExportOptions::new()
            .sorted_fields()
            .sorted_arguments()
            .sorted_enum_items()
            .include_specified_by(),
    );
    let lines: Vec<&str> = sdl.lines().map(str::trim_end).collect();
    let mut text = lines.join("\n").trim().to_owned();
    text.push('\n');
    text
}

/// Puts what the gate and the resolvers need into a request: who asks, in which language, under which id.
pub fn prepare(api_request: Request, _app: &Arc<App>, context: &RequestContext) -> Request {
    api_request.data(context.clone())
}

/// Executes an admitted query or mutation: counts its SQL statements and loads in batches.
pub async fn execute(api: &Api, mut admitted: gate::Admitted, context: RequestContext, app: &Arc<App>) -> Response {
    let (queue, batches) = batch::queue();
    admitted.request = admitted.request.data(context::Loaders::new(app, &context.caller, queue));
    let statements = context.statements.clone();
    statements.scope(batch::drive(api.execute(admitted), batches)).await
}

/// Executes any operation as a stream of responses; each event of a subscription loads in batches too.
pub fn execute_stream(
    api: &Api,
    mut admitted: gate::Admitted,
    context: RequestContext,
    app: &Arc<App>,
) -> BoxStream<'static, Response> {
    let (queue, batches) = batch::queue();
    admitted.request = admitted.request.data(context::Loaders::new(app, &context.caller, queue));
    batch::drive_stream(api.execute_stream(admitted, None), batches, context.statements)
}
