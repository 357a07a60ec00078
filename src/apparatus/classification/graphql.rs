//! Classifications of public service units in the schema.

use kit::paging::MAX_PAGE;
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::apparatus::unit_classification;
use uuid::Uuid;

use super::rules::Wanted;
use super::service::{self, ClassifyRequest};
use super::{UnitProposal, UnitType, store};
use access::policy::{Action, roles_for};
use base::organisation::graphql::{Organisation, load_required};
use base::organisation::store as organisations;
use kernel::error::{ApiError, ApiResult};
use kit::connection::{Rows, connection, page};
use kit::context::{Batch, ContextExt};
use kit::directive::requires;
use kit::payload::{UserErrorObject, split};

/// The key of the classifications of a unit in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClassificationsOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<ClassificationsOf> for Batch {
    type Value = Arc<Vec<Arc<unit_classification::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[ClassificationsOf]) -> Result<HashMap<ClassificationsOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<ClassificationsOf, Vec<Arc<unit_classification::Model>>> = HashMap::new();
        for row in store::of_organisations(self.app.db.read(), &self.viewer, &ids).await.map_err(Arc::new)? {
            found.entry(ClassificationsOf(row.organisation_id)).or_default().push(Arc::new(row));
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// The classifications of a unit, the latest first; for a field of the organisation.
pub async fn classifications_of(
    ctx: &Context<'_>,
    organisation_id: Uuid,
    first: u32,
) -> ApiResult<Vec<UnitClassification>> {
    let found = ctx.loader()?.load_one(ClassificationsOf(organisation_id)).await.map_err(ApiError::shared)?;
    let rows = found.unwrap_or_default();
    Ok(rows.iter().rev().take(first as usize).map(|row| UnitClassification(Arc::clone(row))).collect())
}

/// How a public service unit is classified, for a time (phân loại đơn vị sự nghiệp công lập).
pub struct UnitClassification(Arc<unit_classification::Model>);

/// How a public service unit is classified, for a time (phân loại đơn vị sự nghiệp công lập).
#[rows::row_object]
impl UnitClassification {
    /// The unit (đơn vị).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// What it is (loại đơn vị).
    fn unit_type(&self) -> Result<UnitType> {
        Ok(UnitType::from_str(&self.0.unit_type).map_err(ApiError::from)?)
    }

    /// Its grade, as the criteria name it (hạng).
    fn grade(&self) -> Option<&str> {
        self.0.grade.as_deref()
    }

    /// The criteria that it meets (tiêu chí).
    fn criteria(&self) -> &str {
        &self.0.criteria
    }

    /// What is proposed for it (phương án sắp xếp).
    fn proposal(&self) -> Result<UnitProposal> {
        Ok(UnitProposal::from_str(&self.0.proposal).map_err(ApiError::from)?)
    }

    /// Number of the decision (số quyết định).
    fn decision_number(&self) -> &str {
        &self.0.decision_number
    }

    /// Its day (ngày quyết định).
    fn decision_date(&self) -> NaiveDate {
        self.0.decision_date
    }

    /// First day (từ ngày).
    fn effective_from(&self) -> NaiveDate {
        self.0.effective_from
    }

    /// Last day; null while nothing ends it (đến ngày).
    fn effective_to(&self) -> Option<NaiveDate> {
        self.0.effective_to
    }

    /// A remark (ghi chú).
    fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

connection! {
    /// A page of classifications of public service units.
    UnitClassificationConnection, UnitClassificationEdge, UnitClassification
}

/// What to look for among classifications; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct UnitClassificationFilter {
    /// Only of the unit of this code.
    pub organisation: Option<String>,
    /// Only of these types.
    pub unit_types: Option<Vec<UnitType>>,
    /// Only with these proposals.
    pub proposals: Option<Vec<UnitProposal>>,
    /// Only those that hold on this day.
    pub on: Option<NaiveDate>,
}

/// Reading classifications of public service units.
#[derive(Default)]
pub struct ClassificationQuery;

/// Reading classifications of public service units.
#[rows::row_object]
impl ClassificationQuery {
    /// Classifications of public service units (phân loại đơn vị sự nghiệp công lập), by first day.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn unit_classifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: UnitClassificationFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<UnitClassificationConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme_id = organisations::programme_id_of(connection, &viewer, programme.as_deref()).await?;
        let organisation_id =
            organisations::id_of(connection, &viewer, programme.as_deref(), filter.organisation.as_deref()).await?;
        let filter = store::Filter {
            programme_id,
            organisation_id,
            unit_types: filter.unit_types.unwrap_or_default(),
            proposals: filter.proposals.unwrap_or_default(),
            on: filter.on,
        };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(UnitClassificationConnection(Rows::of(slice, |row| UnitClassification(Arc::new(row)))))
    }
}

/// How a public service unit is classified from a day on. The same first day changes what is there.
#[derive(Debug, InputObject)]
pub struct ClassifyPublicServiceUnitInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the unit: a public service unit, a school or a health station (đơn vị).
    pub organisation: String,
    /// What it is (loại đơn vị).
    pub unit_type: UnitType,
    /// Its grade, as the criteria name it; up to 100 characters (hạng).
    pub grade: Option<String>,
    /// The criteria that it meets; up to 2,000 characters (tiêu chí).
    pub criteria: String,
    /// What is proposed for it (phương án sắp xếp).
    pub proposal: UnitProposal,
    /// Number of the decision (số quyết định).
    pub decision_number: String,
    /// Its day; not later than today (ngày quyết định).
    pub decision_date: NaiveDate,
    /// First day (từ ngày).
    pub effective_from: NaiveDate,
    /// Last day; must be given before another one follows (đến ngày).
    pub effective_to: Option<NaiveDate>,
    /// A remark (ghi chú).
    pub note: Option<String>,
    /// The version that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of classifying a unit.
#[derive(rows::RowObject)]
pub struct ClassifyPublicServiceUnitPayload {
    /// The classification after the change; null when something must be mended, or on a dry run.
    pub classification: Option<UnitClassification>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Classifying public service units.
#[derive(Default)]
pub struct ClassificationMutation;

/// Classifying public service units.
#[rows::row_object]
impl ClassificationMutation {
    /// Classifies a public service unit from a day on, or changes the classification of that first day (phân loại đơn vị
    /// sự nghiệp công lập). No two may hold on the same day.
    #[graphql(directive = requires::apply(Action::ClassifyUnit, roles_for(Action::ClassifyUnit)))]
    async fn classify_public_service_unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How it is classified.")] input: ClassifyPublicServiceUnitInput,
    ) -> Result<ClassifyPublicServiceUnitPayload> {
        let dry_run = input.dry_run;
        let wanted = ClassifyRequest {
            programme: input.programme,
            organisation: input.organisation,
            classification: Wanted {
                unit_type: input.unit_type,
                grade: input.grade,
                criteria: input.criteria,
                proposal: input.proposal,
                decision_number: input.decision_number,
                decision_date: input.decision_date,
                effective_from: input.effective_from,
                effective_to: input.effective_to,
                note: input.note,
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::classify(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        let classification = done.filter(|_| !dry_run).map(|row| UnitClassification(Arc::new(row)));
        Ok(ClassifyPublicServiceUnitPayload { classification, user_errors })
    }
}

/// What classifications add to an organisation.
pub struct OrganisationClassifications<'a>(&'a Organisation);

/// What classifications add to an organisation.
#[rows::row_object]
impl OrganisationClassifications<'_> {
    /// How it was and is classified as a public service unit, the latest first (phân loại đơn vị sự nghiệp công lập).
    async fn classifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10, desc = "How many, 1 to 100.", validator(minimum = 1, maximum = 100))] first: u32,
    ) -> Result<Vec<UnitClassification>> {
        Ok(classifications_of(ctx, self.0.0.id, first.min(MAX_PAGE)).await?)
    }
}

rows::extension! {
    /// What classifications add to an organisation.
    pub ORGANISATION_FIELDS: Organisation => OrganisationClassifications
}
