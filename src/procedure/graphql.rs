//! Procedures in the schema.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use entity::procedure::procedure;
use uuid::Uuid;

use super::rules::{Audience, FieldGroup, Level, OnlineLevel, ProcedureInput as Entered};
use super::service::{self, ImportRequest, Source};
use super::store;
use crate::access::policy::{Action, Subject, roles_for};
use crate::dossier::graphql::{DossierStatisticsLine, LatestLinesOf};
use crate::error::{ApiError, ApiResult};
use crate::graphql::allowed::{self, AllowedAction};
use crate::graphql::connection::{Rows, connection, page};
use crate::graphql::context::{Batch, ContextExt, or_null};
use crate::graphql::directive::requires;
use crate::graphql::id::{self, Kind};
use crate::graphql::payload::{UserErrorObject, split};
use crate::organisation::graphql::{Organisation, load_required, upward};
use crate::organisation::store as organisations;
use crate::publicity::graphql::ProcedurePublication;
use crate::simplification::graphql::ProcedureReview;
use crate::{publicity, simplification};

/// The key of a procedure in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProcedureId(pub Uuid);

impl Loader<ProcedureId> for Batch {
    type Value = Arc<procedure::Model>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[ProcedureId]) -> Result<HashMap<ProcedureId, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = store::by_ids(self.app.db.read(), &self.viewer, ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (ProcedureId(row.id), Arc::new(row))).collect())
    }
}

/// The key of the first procedures of an organisation in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProceduresOf {
    /// Whose.
    pub organisation_id: Uuid,
    /// How many.
    pub first: u32,
}

impl Loader<ProceduresOf> for Batch {
    type Value = Arc<Vec<Arc<procedure::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[ProceduresOf]) -> Result<HashMap<ProceduresOf, Self::Value>, Self::Error> {
        let mut by_length: HashMap<u32, Vec<Uuid>> = HashMap::new();
        for key in keys {
            by_length.entry(key.first).or_default().push(key.organisation_id);
        }
        let mut found = HashMap::with_capacity(keys.len());
        for (first, ids) in by_length {
            // One more than asked for tells whether there is more.
            let rows = store::first_of_organisations(self.app.db.read(), &self.viewer, &ids, u64::from(first) + 1)
                .await
                .map_err(Arc::new)?;
            found.extend(rows.into_iter().map(|(organisation_id, rows)| {
                (ProceduresOf { organisation_id, first }, Arc::new(rows.into_iter().map(Arc::new).collect()))
            }));
        }
        Ok(found)
    }
}

/// The first procedures of an organisation as a page.
pub fn first_rows(key: ProceduresOf, rows: Arc<Vec<Arc<procedure::Model>>>) -> Rows<Procedure> {
    let limit = key.first as usize;
    Rows {
        rows: rows
            .iter()
            .take(limit)
            .map(|row| {
                let cursor = store::ORDER.cursor(&[row.code.clone().into(), row.id.into()]);
                (cursor, Procedure(Arc::clone(row)))
            })
            .collect(),
        has_next: rows.len() > limit,
        has_previous: false,
        unpaged: store::of_organisation(key.organisation_id),
    }
}

/// An administrative procedure (thủ tục hành chính).
#[derive(Clone)]
pub struct Procedure(pub Arc<procedure::Model>);

/// An administrative procedure (thủ tục hành chính).
#[Object]
impl Procedure {
    /// Global identifier.
    pub async fn id(&self) -> ID {
        id::encode(Kind::Procedure, self.0.id)
    }

    /// National code (mã thủ tục, `1.001193`), or a local one (`DP.HOTICH.001`).
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Vietnamese name (tên thủ tục).
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Field (lĩnh vực), ASCII code.
    async fn field_code(&self) -> &str {
        &self.0.field_code
    }

    /// Field (lĩnh vực), Vietnamese name.
    async fn field_name(&self) -> &str {
        &self.0.field_name
    }

    /// Field group (nhóm lĩnh vực) of plan II.2.a.6-2.
    async fn field_group(&self) -> Result<FieldGroup> {
        Ok(FieldGroup::from_str(&self.0.field_group).map_err(ApiError::from)?)
    }

    /// Level (cấp thực hiện).
    async fn level(&self) -> Result<Level> {
        Ok(Level::from_str(&self.0.level).map_err(ApiError::from)?)
    }

    /// Whom it is for (đối tượng thực hiện).
    async fn audience(&self) -> Result<Audience> {
        Ok(Audience::from_str(&self.0.audience).map_err(ApiError::from)?)
    }

    /// How far it can be done online (mức độ trực tuyến).
    async fn online_level(&self) -> Result<OnlineLevel> {
        Ok(OnlineLevel::from_str(&self.0.online_level).map_err(ApiError::from)?)
    }

    /// Whether a fee or charge is due (có nghĩa vụ tài chính).
    async fn has_financial_obligation(&self) -> bool {
        self.0.has_financial_obligation
    }

    /// Whether it can be paid online (thanh toán trực tuyến).
    async fn online_payment_enabled(&self) -> bool {
        self.0.online_payment_enabled
    }

    /// Whether it qualifies for online provision (đủ điều kiện cung cấp trực tuyến).
    async fn online_eligible(&self) -> bool {
        self.0.online_eligible
    }

    /// Whether it is provided online (đã cung cấp trực tuyến).
    async fn online_provided(&self) -> bool {
        self.0.online_provided
    }

    /// Whether the National Public Service Portal offers it (tích hợp Cổng Dịch vụ công quốc gia).
    async fn integrated_on_national_portal(&self) -> bool {
        self.0.integrated_on_national_portal
    }

    /// Whether it can be paid on that portal.
    async fn payable_on_national_portal(&self) -> bool {
        self.0.payable_on_national_portal
    }

    /// First day in force (ngày có hiệu lực).
    async fn effective_from(&self) -> NaiveDate {
        self.0.effective_from
    }

    /// Last day in force; null while nothing ends it.
    async fn effective_to(&self) -> Option<NaiveDate> {
        self.0.effective_to
    }

    /// Grows with every change.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// The unit that manages it (đơn vị quản lý).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// Its latest dossier statistics in accepted submissions, the latest first.
    async fn latest_statistics(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 3, desc = "How many, 1 to 20.", validator(minimum = 1, maximum = 20))] first: u32,
    ) -> Result<Vec<DossierStatisticsLine>> {
        let key = LatestLinesOf { procedure_id: self.0.id, first: first.min(20) };
        let rows = ctx.loader()?.load_one(key).await.map_err(ApiError::shared)?.unwrap_or_default();
        Ok(rows.iter().map(|row| DossierStatisticsLine::latest(row, Arc::clone(&self.0))).collect())
    }

    /// What the caller may do with it.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        let upward = upward(ctx, self.0.organisation_id).await?;
        let subject = Subject {
            organisation_id: self.0.organisation_id,
            upward: &upward,
            standing_body: false,
            written_by_caller: false,
        };
        Ok(allowed::of_record(&ctx.request()?.caller, &[Action::ImportProcedures], &subject, ctx.language()))
    }

    /// The latest proposals to simplify it that the caller may see, the latest first (rà soát, đơn giản hóa).
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 5, desc = "How many, 1 to 20.", validator(minimum = 1, maximum = 20))] first: u32,
    ) -> Result<Vec<ProcedureReview>> {
        Ok(simplification::graphql::latest_of(ctx, self.0.id, first.min(20)).await?)
    }

    /// Where it is made public, one for each place (công khai thủ tục).
    async fn publications(&self, ctx: &Context<'_>) -> Result<Vec<ProcedurePublication>> {
        Ok(publicity::graphql::publications_of(ctx, self.0.id).await?)
    }
}

connection! {
    /// A page of procedures.
    ProcedureConnection, ProcedureEdge, Procedure
}

/// What to look for among procedures; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct ProcedureFilter {
    /// Only those whose code, name or field contains this; diacritics and case do not matter.
    pub search: Option<String>,
    /// Only of this field, by code.
    pub field_code: Option<String>,
    /// Only of this field group.
    pub field_group: Option<FieldGroup>,
    /// Only of this level.
    pub level: Option<Level>,
    /// Only of this online level.
    pub online_level: Option<OnlineLevel>,
    /// Only those that qualify for online provision, or do not.
    pub online_eligible: Option<bool>,
    /// Only those provided online, or not.
    pub online_provided: Option<bool>,
    /// Only those offered by the national portal, or not.
    pub integrated_on_national_portal: Option<bool>,
    /// Only those with a fee or charge, or without.
    pub has_financial_obligation: Option<bool>,
    /// Only those that can be paid online, or not.
    pub online_payment_enabled: Option<bool>,
    /// Only those in force on this day.
    pub in_force_on: Option<NaiveDate>,
}

/// Reading procedures.
#[derive(Default)]
pub struct ProcedureQuery;

/// Reading procedures.
#[Object]
impl ProcedureQuery {
    /// The procedure of a code; null when there is none that the caller may see.
    async fn procedure(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `1.001193`.")] code: String,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<Procedure>> {
        let found = async {
            let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            Ok(store::by_codes(connection, programme.id, std::slice::from_ref(&code)).await?.remove(&code))
        };
        or_null(found.await.map(|row: Option<procedure::Model>| row.map(|row| Procedure(Arc::new(row)))))
    }

    /// Procedures (thủ tục hành chính), by code.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn procedures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(desc = "Only those that the organisation of this code manages.")] organisation: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: ProcedureFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<ProcedureConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme_id = match &programme {
            Some(code) => Some(organisations::programme_by_code(connection, &viewer, Some(code)).await?.id),
            None => None,
        };
        let organisation_id = match &organisation {
            Some(code) => Some(organisations::by_code(connection, &viewer, programme.as_deref(), code).await?.id),
            None => None,
        };
        let filter = store::Filter {
            programme_id,
            organisation_id,
            search: filter.search,
            field_code: filter.field_code,
            field_group: filter.field_group,
            level: filter.level,
            online_level: filter.online_level,
            online_eligible: filter.online_eligible,
            online_provided: filter.online_provided,
            integrated_on_national_portal: filter.integrated_on_national_portal,
            has_financial_obligation: filter.has_financial_obligation,
            online_payment_enabled: filter.online_payment_enabled,
            in_force_on: filter.in_force_on,
        };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(ProcedureConnection(Rows::of(slice, |row| Procedure(Arc::new(row)))))
    }
}

/// A procedure to be entered or changed, by its code.
#[derive(Debug, InputObject)]
pub struct ProcedureInput {
    /// National code (`1.001193`), or a local one (`DP.HOTICH.001`).
    pub code: String,
    /// Vietnamese name.
    pub name: String,
    /// Field, ASCII code.
    pub field_code: String,
    /// Field, Vietnamese name.
    pub field_name: String,
    /// Field group.
    pub field_group: FieldGroup,
    /// Level.
    pub level: Level,
    /// Whom it is for.
    pub audience: Audience,
    /// How far it can be done online.
    pub online_level: OnlineLevel,
    /// Whether a fee or charge is due.
    pub has_financial_obligation: bool,
    /// Whether it can be paid online; needs a fee or charge.
    pub online_payment_enabled: bool,
    /// Whether it qualifies for online provision.
    pub online_eligible: bool,
    /// Whether it is provided online.
    pub online_provided: bool,
    /// Whether the national portal offers it; needs online provision.
    pub integrated_on_national_portal: bool,
    /// Whether it can be paid there; needs online payment.
    pub payable_on_national_portal: bool,
    /// First day in force.
    pub effective_from: NaiveDate,
    /// Last day in force; null while nothing ends it.
    pub effective_to: Option<NaiveDate>,
}

impl ProcedureInput {
    fn entered(self, index: usize) -> Entered {
        let input = self;
        Entered {
            line: u32::try_from(index + 1).unwrap_or(u32::MAX),
            code: input.code,
            name: input.name,
            field_code: input.field_code,
            field_name: input.field_name,
            field_group: input.field_group,
            level: input.level,
            audience: input.audience,
            online_level: input.online_level,
            has_financial_obligation: input.has_financial_obligation,
            online_payment_enabled: input.online_payment_enabled,
            online_eligible: input.online_eligible,
            online_provided: input.online_provided,
            integrated_on_national_portal: input.integrated_on_national_portal,
            payable_on_national_portal: input.payable_on_national_portal,
            effective_from: input.effective_from,
            effective_to: input.effective_to,
        }
    }
}

/// Procedures to import: a list, or the text of a CSV file.
#[derive(async_graphql::OneofObject)]
pub enum ProceduresInput {
    /// A list of procedures; at most 5,000.
    List(Vec<ProcedureInput>),
    /// A CSV file (RFC 4180, UTF-8) with a header line; the columns stand in docs/procedures-csv.md.
    Csv(String),
}

/// What to import.
#[derive(InputObject)]
pub struct ImportProceduresInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the organisation that manages these procedures.
    pub organisation: String,
    /// The procedures.
    pub procedures: ProceduresInput,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of an import: all of it or nothing.
#[derive(SimpleObject)]
pub struct ImportProceduresPayload {
    /// How many were new.
    pub created: u32,
    /// How many were changed.
    pub changed: u32,
    /// How many were as given already.
    pub unchanged: u32,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Changing the register of procedures.
#[derive(Default)]
pub struct ProcedureMutation;

/// Changing the register of procedures.
#[Object]
impl ProcedureMutation {
    /// Enters and changes procedures, idempotent by code (nhập danh mục thủ tục hành chính). All or none; a
    /// second import of the same changes nothing.
    #[graphql(directive = requires::apply(Action::ImportProcedures, roles_for(Action::ImportProcedures)))]
    async fn import_procedures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to import.")] input: ImportProceduresInput,
    ) -> Result<ImportProceduresPayload> {
        let procedures = match input.procedures {
            ProceduresInput::List(list) => {
                Source::List(list.into_iter().enumerate().map(|(index, one)| one.entered(index)).collect())
            }
            ProceduresInput::Csv(text) => Source::Csv(text),
        };
        let wanted = ImportRequest {
            programme: input.programme,
            organisation: input.organisation,
            procedures,
            dry_run: input.dry_run,
        };
        let outcome = service::import(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        let done = done.unwrap_or_default();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(ImportProceduresPayload {
            created: count(done.created),
            changed: count(done.changed),
            unchanged: count(done.unchanged),
            user_errors,
        })
    }
}
