//! Decentralisation and authorisation in the schema.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::apparatus::{delegation, delegation_check};
use uuid::Uuid;

use super::rules::{self, Check, Wanted};
use super::service::{self, CheckRequest, SaveRequest};
use super::{DelegationFinding, DelegationKind, DelegationState, store};
use access::policy::{Action, Subject, roles_for};
use base::organisation::graphql::{Organisation, load_required, upward};
use base::organisation::store as organisations;
use base::parameter::graphql::parameters_today;
use base::parameter::{Code, store as parameters};
use kernel::error::{ApiError, ApiResult};
use kit::allowed;
use kit::allowed::AllowedAction;
use kit::connection::{Rows, connection, page};
use kit::context::{Batch, ContextExt, or_null};
use kit::directive::requires;
use kit::id;
use kit::id::Kind;
use kit::payload::{UserErrorObject, split};

/// The key of a delegation in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DelegationId(pub Uuid);

#[async_trait::async_trait]
impl Loader<DelegationId> for Batch {
    type Value = Arc<delegation::Model>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[DelegationId]) -> Result<HashMap<DelegationId, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = store::by_ids(self.app.db.read(), &self.viewer, ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (DelegationId(row.id), Arc::new(row))).collect())
    }
}

/// The key of the checks of a delegation in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChecksOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<ChecksOf> for Batch {
    type Value = Arc<Vec<Arc<delegation_check::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[ChecksOf]) -> Result<HashMap<ChecksOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<ChecksOf, Vec<Arc<delegation_check::Model>>> = HashMap::new();
        for row in store::checks_of(self.app.db.read(), &ids).await.map_err(Arc::new)? {
            found.entry(ChecksOf(row.delegation_id)).or_default().push(Arc::new(row));
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// A supervision check of a delegation (kiểm tra, giám sát việc phân cấp, ủy quyền).
pub struct DelegationCheck(Arc<delegation_check::Model>);

/// A supervision check of a delegation (kiểm tra, giám sát việc phân cấp, ủy quyền).
#[rows::row_object]
impl DelegationCheck {
    /// When (ngày kiểm tra).
    fn checked_on(&self) -> NaiveDate {
        self.0.checked_on
    }

    /// What was found (kết quả).
    fn finding(&self) -> Result<DelegationFinding> {
        Ok(DelegationFinding::from_str(&self.0.finding).map_err(ApiError::from)?)
    }

    /// In words (ghi chú).
    fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it was mended; null while it is open, or nothing was found (ngày khắc phục).
    fn remedied_on(&self) -> Option<NaiveDate> {
        self.0.remedied_on
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.0.version
    }
}

/// What one organisation passed on to another (phân cấp, ủy quyền).
#[derive(Clone)]
pub struct Delegation(pub Arc<delegation::Model>);

/// What one organisation passed on to another (phân cấp, ủy quyền).
#[rows::row_object]
impl Delegation {
    /// Global identifier.
    pub fn id(&self) -> ID {
        id::encode(Kind::Delegation, self.0.id)
    }

    /// Its code in the programme, such as `PC-2026-001` (mã).
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Decentralised or authorised (hình thức).
    fn kind(&self) -> Result<DelegationKind> {
        Ok(DelegationKind::from_str(&self.0.kind).map_err(ApiError::from)?)
    }

    /// Who passes it on (cơ quan phân cấp, ủy quyền).
    async fn from(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.from_organisation_id).await?)
    }

    /// Who receives it (cơ quan nhận).
    async fn to(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.to_organisation_id).await?)
    }

    /// What is passed on (nội dung).
    fn subject(&self) -> &str {
        &self.0.subject
    }

    /// What allows it (căn cứ).
    fn legal_basis(&self) -> &str {
        &self.0.legal_basis
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

    /// Last day, as it was decided; null while nothing ends it (đến ngày).
    fn effective_to(&self) -> Option<NaiveDate> {
        self.0.effective_to
    }

    /// Whether it holds, by its days (hiệu lực). It ends with either of its organisations.
    async fn state(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which day; today by default.")] on: Option<NaiveDate>,
    ) -> Result<DelegationState> {
        let day = match on {
            Some(day) => day,
            None => ctx.app()?.clock.today(),
        };
        Ok(rules::state_on((self.0.effective_from, self.last_day(ctx).await?), day))
    }

    /// Its supervision checks, the latest first (các lần kiểm tra).
    async fn checks(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10, desc = "How many, 1 to 100.", validator(minimum = 1, maximum = 100))] first: u32,
    ) -> Result<Vec<DelegationCheck>> {
        let checks = self.loaded_checks(ctx).await?;
        Ok(checks.iter().take(first as usize).map(|row| DelegationCheck(Arc::clone(row))).collect())
    }

    /// Until when it must be checked, by the parameter DELEGATION_CHECK_MONTHS of today; null when it has ended
    /// (hạn kiểm tra tiếp theo).
    async fn next_check_on(&self, ctx: &Context<'_>) -> Result<Option<NaiveDate>> {
        let today = ctx.app()?.clock.today();
        // All at once: what waits for another load would be a batch of its own, or not, by chance.
        let (last_day, checks, held) = futures_util::try_join!(
            self.last_day(ctx),
            self.loaded_checks(ctx),
            parameters_today(ctx, self.0.programme_id)
        )?;
        if last_day.is_some_and(|last| last < today) {
            return Ok(None);
        }
        let months = held.count(Code::DelegationCheckMonths)?;
        let last = checks.first().map(|check| check.checked_on);
        Ok(Some(rules::next_check(self.0.effective_from, last, months)))
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// What the caller may do with it.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        let id = self.0.to_organisation_id;
        let (upward, organisation) = futures_util::try_join!(upward(ctx, id), load_required(ctx, id))?;
        let subject = Subject {
            organisation_id: id,
            upward: &upward,
            standing_body: organisation.0.standing_body,
            written_by_caller: false,
            form: None,
        };
        let actions = [Action::SaveDelegation, Action::CheckDelegation];
        Ok(allowed::of_record(&ctx.request()?.caller, &actions, &subject, ctx.language()))
    }
}

impl Delegation {
    /// The last day on which it holds: its own, or that of whichever of its organisations ended before.
    async fn last_day(&self, ctx: &Context<'_>) -> ApiResult<Option<NaiveDate>> {
        let (from, to) = futures_util::try_join!(
            load_required(ctx, self.0.from_organisation_id),
            load_required(ctx, self.0.to_organisation_id)
        )?;
        Ok(rules::last_day(self.0.effective_to, &from.0, &to.0))
    }

    async fn loaded_checks(&self, ctx: &Context<'_>) -> ApiResult<Arc<Vec<Arc<delegation_check::Model>>>> {
        Ok(ctx.loader()?.load_one(ChecksOf(self.0.id)).await.map_err(ApiError::shared)?.unwrap_or_default())
    }
}

connection! {
    /// A page of delegations.
    DelegationConnection, DelegationEdge, Delegation
}

/// What to look for among delegations; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct DelegationFilter {
    /// Only of these kinds.
    pub kinds: Option<Vec<DelegationKind>>,
    /// Only what the organisation of this code passed on.
    pub from: Option<String>,
    /// Only what the organisation of this code received.
    pub to: Option<String>,
    /// Only those that hold on this day.
    pub on: Option<NaiveDate>,
    /// Only those that hold today and were not checked for longer than the parameter DELEGATION_CHECK_MONTHS says
    /// (true), or those that were (false).
    pub check_overdue: Option<bool>,
}

/// Reading delegations.
#[derive(Default)]
pub struct DelegationQuery;

/// Reading delegations.
#[rows::row_object]
impl DelegationQuery {
    /// The delegation of a code; null when there is none that the caller may see.
    async fn delegation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `PC-2026-001`.")] code: String,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<Delegation>> {
        let found = async {
            let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            store::by_code(connection, &viewer, programme.id, &code).await
        };
        or_null(found.await.map(|row| row.map(|row| Delegation(Arc::new(row)))))
    }

    /// What organisations passed on (phân cấp, ủy quyền), by code; those whose check is overdue among them.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn delegations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: DelegationFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<DelegationConnection> {
        let app = ctx.app()?;
        let (connection, viewer) = (app.db.read(), ctx.viewer()?);
        let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
        let find = async |code: Option<String>| -> ApiResult<Option<Uuid>> {
            let Some(code) = code else { return Ok(None) };
            // Who passes something on may stand above the programme.
            let found = organisations::by_codes(connection, &viewer, None, std::slice::from_ref(&code)).await?;
            let row = found.into_iter().find(|row| row.programme_id.is_none_or(|id| id == programme.id));
            row.map(|row| Some(row.id)).ok_or_else(|| ApiError::not_found("kind-organisation", code))
        };
        let today = app.clock.today();
        let checked_before = match filter.check_overdue {
            Some(overdue) => {
                let held = parameters::in_force(connection, programme.id, today).await?;
                Some((rules::fresh_since(today, held.count(Code::DelegationCheckMonths)?), overdue))
            }
            None => None,
        };
        let filter = store::Filter {
            programme_id: Some(programme.id),
            kinds: filter.kinds.unwrap_or_default(),
            from_id: find(filter.from).await?,
            to_id: find(filter.to).await?,
            on: filter.on,
            checked_before,
            holds_today: checked_before.map(|_| today),
        };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(DelegationConnection(Rows::of(slice, |row| Delegation(Arc::new(row)))))
    }
}

/// What one organisation passes on to another, entered or changed by its code.
#[derive(Debug, InputObject)]
pub struct SaveDelegationInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Its code, 3 to 32 of `A-Z`, `0-9`, `.` and `-`, such as `PC-2026-001` (mã).
    pub code: String,
    /// Decentralised or authorised (hình thức).
    pub kind: DelegationKind,
    /// Code of who passes it on; of the programme, or above it (cơ quan phân cấp, ủy quyền).
    pub from: String,
    /// Code of who receives it; does not change afterwards (cơ quan nhận).
    pub to: String,
    /// What is passed on; up to 2,000 characters (nội dung).
    pub subject: String,
    /// What allows it; up to 2,000 characters (căn cứ).
    pub legal_basis: String,
    /// Number of the decision (số quyết định).
    pub decision_number: String,
    /// Its day; not later than today (ngày quyết định).
    pub decision_date: NaiveDate,
    /// First day; not before the decision (từ ngày).
    pub effective_from: NaiveDate,
    /// Last day (đến ngày).
    pub effective_to: Option<NaiveDate>,
    /// The version that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A supervision check, entered or changed by its day.
#[derive(Debug, InputObject)]
pub struct RecordDelegationCheckInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the delegation that was checked.
    pub delegation: String,
    /// When; not before its first day, not later than today (ngày kiểm tra).
    pub checked_on: NaiveDate,
    /// What was found (kết quả).
    pub finding: DelegationFinding,
    /// In words; required unless all was OK (ghi chú).
    pub note: Option<String>,
    /// When it was mended (ngày khắc phục).
    pub remedied_on: Option<NaiveDate>,
    /// The version of the check that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of a change of a delegation, or of a check.
#[derive(rows::RowObject)]
pub struct DelegationPayload {
    /// The delegation after the change; null when something must be mended, or on a dry run.
    pub delegation: Option<Delegation>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Keeping delegations.
#[derive(Default)]
pub struct DelegationMutation;

/// Keeping delegations.
#[rows::row_object]
impl DelegationMutation {
    /// Enters what one organisation passes on to another, or changes it (cập nhật phân cấp, ủy quyền).
    #[graphql(directive = requires::apply(Action::SaveDelegation, roles_for(Action::SaveDelegation)))]
    async fn save_delegation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is passed on.")] input: SaveDelegationInput,
    ) -> Result<DelegationPayload> {
        let dry_run = input.dry_run;
        let wanted = SaveRequest {
            programme: input.programme,
            from: input.from,
            to: input.to,
            delegation: Wanted {
                code: input.code,
                kind: input.kind,
                subject: input.subject,
                legal_basis: input.legal_basis,
                decision_number: input.decision_number,
                decision_date: input.decision_date,
                effective_from: input.effective_from,
                effective_to: input.effective_to,
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::save(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        let delegation = done.filter(|_| !dry_run).map(|row| Delegation(Arc::new(row)));
        Ok(DelegationPayload { delegation, user_errors })
    }

    /// Records a supervision check of a delegation, or changes that of the same day: when a finding was mended, say
    /// (ghi nhận kiểm tra việc phân cấp, ủy quyền).
    #[graphql(directive = requires::apply(Action::CheckDelegation, roles_for(Action::CheckDelegation)))]
    async fn record_delegation_check(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was found.")] input: RecordDelegationCheckInput,
    ) -> Result<DelegationPayload> {
        let dry_run = input.dry_run;
        let wanted = CheckRequest {
            programme: input.programme,
            delegation: input.delegation,
            check: Check {
                checked_on: input.checked_on,
                finding: input.finding,
                note: input.note,
                remedied_on: input.remedied_on,
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::check(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        let delegation = done.filter(|_| !dry_run).map(|row| Delegation(Arc::new(row)));
        Ok(DelegationPayload { delegation, user_errors })
    }
}
