//! The schema put together, behind its gate.
//!
//! To add a feature: its types and root objects in `<feature>/graphql.rs`, its root objects in a group
//! below, its mutations in its `policy.rs`. `reform-api schema > schema.graphql` writes the
//! schema down; a test fails when the file differs.

use std::sync::Arc;

use async_graphql::{MergedObject, MergedSubscription, Request, Response, Schema, ValidationMode};
use futures_util::stream::BoxStream;

use access::request::RequestContext;
use kit::app::App;
use kit::{batch, context};

use crate::node;

// Each group is a list of its own: a single list of all features nests as deep as it is long, and the compiler takes minutes
// for it.

/// Accounts, forms, figures and the journal: reading.
#[derive(MergedObject, Default)]
pub struct CommonQuery(
    node::NodeQuery,
    base::account::graphql::AccessQuery,
    forms::workflow::graphql::WorkflowQuery,
    procedures::dossier::graphql::report::DossierReportQuery,
    forms::template::graphql::TemplateQuery,
    base::indicator::graphql::IndicatorQuery,
    crate::overview::graphql::OverviewQuery,
    crate::audit::graphql::AuditQuery,
);

/// The programme, its organisations and their posts: reading.
#[derive(MergedObject, Default)]
pub struct OrganisationsQuery(
    base::period::PeriodQuery,
    base::organisation::graphql::OrganisationQuery,
    apparatus::change::graphql::OrganisationChangeQuery,
    apparatus::function::graphql::FunctionQuery,
    apparatus::delegation::graphql::DelegationQuery,
    apparatus::classification::graphql::ClassificationQuery,
    base::programme::graphql::ProgrammeQuery,
    base::parameter::graphql::ParameterQuery,
    apparatus::staffing::graphql::StaffingQuery,
);

/// Administrative procedures: reading.
#[derive(MergedObject, Default)]
pub struct ProceduresQuery(
    procedures::procedure::graphql::ProcedureQuery,
    procedures::simplification::graphql::SimplificationQuery,
    procedures::publicity::graphql::PublicityQuery,
);

/// Public finance: reading.
#[derive(MergedObject, Default)]
pub struct PublicFinanceQuery(
    spending::budget::graphql::BudgetQuery,
    spending::budget::disclosure::graphql::DisclosureQuery,
    spending::savings::graphql::SavingsQuery,
    spending::investment::graphql::InvestmentQuery,
    finance::autonomy::graphql::AutonomyQuery,
    finance::reform_budget::graphql::ReformBudgetQuery,
    finance::asset::graphql::AssetQuery,
);

/// Institutions and digital government: reading.
#[derive(MergedObject, Default)]
pub struct DigitalGovernmentQuery(
    legal::graphql::LegalQuery,
    legal::graphql::consultation::ConsultationQuery,
    legal::graphql::review::LegalReviewQuery,
    digital::system::graphql::InformationSystemQuery,
    digital::application::graphql::TechnologyApplicationQuery,
    digital::standard::graphql::query::StandardQuery,
    digital::channel::graphql::OnlineDutyQuery,
    digital::dataset::graphql::DatasetQuery,
);

/// Reading: everything that a caller may see of the programmes that his grants reach. Every list is bounded.
#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub struct QueryRoot(CommonQuery, OrganisationsQuery, ProceduresQuery, PublicFinanceQuery, DigitalGovernmentQuery);

/// Accounts, forms, figures and the journal: writing.
#[derive(MergedObject, Default)]
pub struct CommonMutation(
    base::account::graphql::AccessMutation,
    forms::workflow::graphql::WorkflowMutation,
    procedures::dossier::graphql::DossierMutation,
    forms::template::graphql::TemplateMutation,
);

/// The programme, its organisations and their posts: writing.
#[derive(MergedObject, Default)]
pub struct OrganisationsMutation(
    base::programme::graphql::ProgrammeMutation,
    apparatus::change::graphql::OrganisationChangeMutation,
    apparatus::function::graphql::FunctionMutation,
    apparatus::delegation::graphql::DelegationMutation,
    apparatus::classification::graphql::ClassificationMutation,
    apparatus::staffing::graphql::mutation::StaffingMutation,
);

/// Administrative procedures: writing.
#[derive(MergedObject, Default)]
pub struct ProceduresMutation(
    procedures::procedure::graphql::import::ProcedureMutation,
    procedures::simplification::graphql::SimplificationMutation,
    procedures::publicity::graphql::PublicityMutation,
);

/// Public finance: writing.
#[derive(MergedObject, Default)]
pub struct PublicFinanceMutation(
    spending::budget::graphql::mutation::BudgetMutation,
    spending::investment::graphql::mutation::InvestmentMutation,
    finance::autonomy::graphql::mutation::AutonomyMutation,
    finance::reform_budget::graphql::mutation::ReformBudgetMutation,
    spending::savings::graphql::mutation::SavingsMutation,
    finance::asset::graphql::mutation::AssetMutation,
);

/// Institutions and digital government: writing.
#[derive(MergedObject, Default)]
pub struct DigitalGovernmentMutation(
    legal::graphql::mutation::LegalMutation,
    legal::graphql::consultation::mutation::ConsultationMutation,
    legal::graphql::review::mutation::LegalReviewMutation,
    digital::system::graphql::mutation::InformationSystemMutation,
    digital::application::graphql::TechnologyApplicationMutation,
    digital::standard::graphql::mutation::StandardMutation,
    digital::channel::graphql::mutation::OnlineDutyMutation,
    digital::dataset::graphql::mutation::DatasetMutation,
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
pub struct SubscriptionRoot(forms::workflow::graphql::WorkflowSubscription);

/// The schema behind its gate: the one executor of every transport.
pub type Api = gate::Gate<QueryRoot, MutationRoot, SubscriptionRoot>;

fn builder() -> async_graphql::SchemaBuilder<QueryRoot, MutationRoot, SubscriptionRoot> {
    crate::install();
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
    templates::all()?;
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
