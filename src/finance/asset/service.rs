//! Use cases of public assets: recorded, confirmed, transferred, ended. Plans and schemes stand in [`plans`].

pub mod plans;

use chrono::NaiveDate;
use entity::asset::{public_asset, public_asset_edition};
use entity::organisation::{organisation, programme};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::rules::{self, Details, End};
use super::store::{self, Edition};
use super::timeline::{self, MEASURES};
use super::{AssetKind, AssetState};
use access::policy;
use access::policy::AllowedAction;
use access::policy::Subject;
use access::request::RequestContext;
use access::{Action, Caller, Permit, Viewer};
use base::indicator;
use base::organisation::store as organisations;
use base::parameter::rules::holds_on;
use base::parameter::{Code, store as parameters};
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::{code_fault, decision_faults, not_before, not_later, shown, text};
use kernel::i18n::Message;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::idempotency::Begun;

type Done = Outcome<public_asset::Model>;

/// Which asset a request is about, and how it is guarded.
#[derive(Debug, Clone)]
pub struct Target {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The code of the asset, or of the plan.
    pub code: String,
    /// The version that the caller has seen; none or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

impl Target {
    fn seen(&self) -> i32 {
        self.expected_version.unwrap_or(0)
    }

    fn without_key(&self) -> Target {
        Target { idempotency_key: None, ..self.clone() }
    }
}

/// What to record of an asset.
#[derive(Debug, Clone)]
pub struct RecordRequest {
    /// Which asset.
    pub target: Target,
    /// Code of the unit that manages it.
    pub organisation: String,
    /// What it is.
    pub kind: AssetKind,
    /// What is recorded.
    pub details: Details,
}

/// A transfer to another unit.
#[derive(Debug, Clone)]
pub struct TransferRequest {
    /// Which asset.
    pub target: Target,
    /// Code of the unit that manages it from then on.
    pub to: String,
    /// From which day on.
    pub on: NaiveDate,
    /// Number of the decision.
    pub decision_number: String,
    /// Its day.
    pub decision_date: NaiveDate,
}

/// The end of an asset.
#[derive(Debug, Clone)]
pub struct EndRequest {
    /// Which asset.
    pub target: Target,
    /// When and why; none says that it did not end after all.
    pub end: Option<End>,
    /// Why, in words.
    pub reason: String,
}

async fn repeated(tx: &DatabaseTransaction, id: Uuid) -> ApiResult<Done> {
    let row = store::by_ids(tx, &Viewer::server(), vec![id]).await?.pop();
    Ok(Outcome::Done(row.ok_or_else(|| ApiError::internal("an idempotent result is gone"))?))
}

/// An asset as it is found by its code.
struct Located {
    programme: programme::Model,
    holder: organisation::Model,
    row: public_asset::Model,
}

/// What was read before the lock must still be so: somebody may have moved or ended the asset in between.
pub(super) async fn still(tx: &DatabaseTransaction, asset: &public_asset::Model) -> ApiResult<()> {
    let now = store::by_ids(tx, &Viewer::server(), vec![asset.id]).await?.pop();
    if now.is_none_or(|now| now.version != asset.version) {
        return Err(ApiError::conflict());
    }
    Ok(())
}

/// The programme is looked up as the caller; the asset as the server: whether the caller may do something with it is for
/// the policy to say, with a reason.
async fn locate(tx: &DatabaseTransaction, caller: &Caller, programme: Option<&str>, code: &str) -> ApiResult<Located> {
    let viewer = Viewer::of(caller)?;
    let programme = organisations::programme_by_code(tx, &viewer, programme).await?;
    let missing = || ApiError::not_found("kind-asset", shown(code));
    let row = store::by_code(tx, &Viewer::server(), programme.id, code).await?.ok_or_else(missing)?;
    let holder = organisations::by_ids(tx, &viewer, vec![row.organisation_id]).await?.pop().ok_or_else(missing)?;
    Ok(Located { programme, holder, row })
}

fn kind_of(row: &public_asset::Model) -> ApiResult<AssetKind> {
    Ok(row.kind.parse()?)
}

/// Where the record of an asset stands on a day.
pub fn state_of(row: &public_asset::Model, day: NaiveDate) -> ApiResult<AssetState> {
    let stored: AssetState = row.state.parse()?;
    Ok(if row.ended_on.is_some_and(|ended| ended <= day) { AssetState::Ended } else { stored })
}

/// Records an asset as it is from a day on: a draft, until it is confirmed.
pub async fn record(app: &App, request: &RequestContext, wanted: RecordRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = record_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.target.dry_run, result).await
}

async fn record_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &RecordRequest,
) -> ApiResult<Done> {
    let (target, details, kind) = (&wanted.target, &wanted.details, wanted.kind);
    let viewer = Viewer::of(&request.caller)?;
    let programme = organisations::programme_by_code(tx, &viewer, target.programme.as_deref()).await?;
    let unit = organisations::by_code(tx, &viewer, Some(&programme.code), &wanted.organisation).await?;
    let permit = permit_on(tx, &request.caller, Action::RecordAsset, &unit, false).await?;
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    let key = idempotency::Key {
        key: target.idempotency_key.as_deref(),
        operation: Action::RecordAsset.as_str(),
        input: format!("{:?}", RecordRequest { target: target.without_key(), ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return repeated(tx, id).await,
    }
    let code = target.code.trim();
    let stored = store::by_code(tx, &Viewer::server(), programme.id, code).await?;
    if stored.as_ref().is_some_and(|row| row.organisation_id != unit.id) {
        let message = Message::new("asset-of-another-organisation").with("code", shown(code));
        let fault = UserError::new(UserErrorCode::OtherOrganisation, &["organisation"], message);
        return Ok(Outcome::Invalid(vec![fault]));
    }
    if stored.as_ref().map_or(0, |row| row.version) != target.seen() {
        return Err(ApiError::conflict());
    }
    let mut faults: Vec<UserError> = code_fault(&["code"], code).into_iter().collect();
    if let Some(row) = stored.as_ref().filter(|row| row.current_id.is_some() && row.kind != kind.as_str()) {
        let message = Message::new("asset-kind-fixed").with("kind", row.kind.as_str());
        let fault = UserError::new(UserErrorCode::WrongState, &["kind"], message);
        faults.push(fault.expecting(&row.kind, kind));
    }
    faults.extend(rules::check(kind, details, app.clock.today()));
    let entries = parameters::of_code(tx, programme.id, Code::PublicAssetThreshold).await?;
    let threshold = rules::threshold_on(&entries, details.effective_on);
    faults.extend(rules::below_threshold(kind, details.original_cost, threshold));
    let land = match &details.land {
        Some(code) if kind == AssetKind::House => {
            let found = store::by_code(tx, &Viewer::server(), programme.id, code.trim()).await?;
            let found = found.filter(|row| row.current_id.is_some() && row.kind == AssetKind::Land.as_str());
            if found.is_none() {
                let message = Message::new("asset-unknown-land").with("code", shown(code));
                faults.push(UserError::new(UserErrorCode::UnknownCode, &["land"], message));
            }
            found
        }
        _ => None,
    };
    faults.extend(standing_faults(stored.as_ref(), &unit, land.as_ref(), details.effective_on));
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let editions = match &stored {
        Some(row) => store::editions_of(tx, &[row.id]).await?,
        None => Vec::new(),
    };
    let last = editions.last().map(|edition| &edition.row);
    let (after, edition) = store::record(
        tx,
        &app.clock,
        &permit,
        (programme.id, code, kind),
        (stored.as_ref(), last.map_or(0, |last| last.edition)),
        (details, land.map(|land| land.id)),
    )
    .await?;
    let faults = rules::too_large(store::largest(tx, programme.id).await?);
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let before = stored.as_ref().zip(last).map(|(row, last)| described(row, Some(last)));
    let values = (before, described(&after, Some(&edition)));
    journal(app, tx, request, &permit, ("public_asset_draft", &after), None, values).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// What an edition from a day on needs of everything around it: asked when it is recorded, and again when it is
/// confirmed.
fn standing_faults(
    stored: Option<&public_asset::Model>,
    unit: &organisation::Model,
    land: Option<&public_asset::Model>,
    on: NaiveDate,
) -> Vec<UserError> {
    let mut faults = Vec::new();
    let confirmed = stored.filter(|row| row.current_id.is_some());
    // Of an asset that is known, a unit may say what was before it took the asset over; nothing for after its own end.
    let first = if confirmed.is_some() { NaiveDate::MIN } else { unit.effective_from };
    if !holds_on((first, unit.effective_to), on) {
        faults.push(absent("organisation", &unit.code, on));
    }
    if let Some(row) = confirmed {
        faults.extend(not_before(&["effectiveOn"], on, row.first_on));
        let last = row.ended_on.and_then(|ended| ended.pred_opt());
        faults.extend(last.and_then(|last| not_later(&["effectiveOn"], on, last)));
    }
    if let Some(land) = land
        && (on < land.first_on || land.ended_on.is_some_and(|ended| ended <= on))
    {
        faults.push(absent("land", &land.code, on));
    }
    faults
}

fn absent(field: &str, code: &str, day: NaiveDate) -> UserError {
    let message = Message::new("asset-absent").with("code", code).with("day", day.to_string());
    UserError::new(UserErrorCode::NotInForce, &[field], message)
}

/// Confirms what was recorded last.
pub async fn confirm(app: &App, request: &RequestContext, wanted: Target) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = confirm_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn confirm_in(app: &App, tx: &DatabaseTransaction, request: &RequestContext, target: &Target) -> ApiResult<Done> {
    let Located { programme, holder, row } =
        locate(tx, &request.caller, target.programme.as_deref(), &target.code).await?;
    let written = match &request.caller {
        Caller::Person(person) => store::drafted_by(tx, &[row.id], person.person_id).await?.contains(&row.id),
        _ => false,
    };
    let permit = permit_on(tx, &request.caller, Action::ConfirmAsset, &holder, written).await?;
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    let key = idempotency::Key {
        key: target.idempotency_key.as_deref(),
        operation: Action::ConfirmAsset.as_str(),
        input: format!("{:?}", target.without_key()),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return repeated(tx, id).await,
    }
    if row.version != target.seen() {
        return Err(ApiError::conflict());
    }
    let editions = store::editions_of(tx, &[row.id]).await?;
    let draft = editions.iter().map(|edition| &edition.row).find(|edition| Some(edition.id) == row.draft_id);
    let Some(draft) = draft else {
        return Ok(Outcome::Invalid(rules::asset_fault(Action::ConfirmAsset, true, false).into_iter().collect()));
    };
    let land = match draft.land_id {
        Some(id) => store::by_ids(tx, &Viewer::server(), vec![id]).await?.pop(),
        None => None,
    };
    let faults = standing_faults(Some(&row), &holder, land.as_ref(), draft.effective_on);
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let before = store::confirmed_on(&editions, NaiveDate::MAX.pred_opt().unwrap_or(NaiveDate::MAX));
    let before = before.map(|edition| &edition.row);
    // What is recorded for an earlier day than what is known sets that right, and leaves today as it is.
    let current = before.filter(|known| known.effective_on > draft.effective_on).unwrap_or(draft);
    let after = store::confirm(tx, &app.clock, &permit, &row, (draft, current)).await?;
    project(app, tx, &permit, programme.id).await?;
    let values = (before.map(|before| described(&row, Some(before))), described(&after, Some(draft)));
    journal(app, tx, request, &permit, ("public_asset", &after), None, values).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// Records that an asset went to another unit, by a decision.
pub async fn transfer(app: &App, request: &RequestContext, wanted: TransferRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = transfer_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.target.dry_run, result).await
}

async fn transfer_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &TransferRequest,
) -> ApiResult<Done> {
    let target = &wanted.target;
    let Located { programme, holder, row } =
        locate(tx, &request.caller, target.programme.as_deref(), &target.code).await?;
    let permit = permit_on(tx, &request.caller, Action::TransferAsset, &holder, false).await?;
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    let key = idempotency::Key {
        key: target.idempotency_key.as_deref(),
        operation: "transferPublicAsset",
        input: format!("{:?}", TransferRequest { target: target.without_key(), ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return repeated(tx, id).await,
    }
    if row.version != target.seen() {
        return Err(ApiError::conflict());
    }
    if let Some(fault) = rules::asset_fault(Action::TransferAsset, row.current_id.is_some(), row.draft_id.is_some()) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    let holdings = store::holdings_of(tx, &[row.id]).await?;
    let last = holdings.last().ok_or_else(|| ApiError::internal("a confirmed asset without a holder"))?;
    let today = app.clock.today();
    let mut faults = decision_faults(&wanted.decision_number, wanted.decision_date, today);
    faults.extend(not_later(&["effectiveOn"], wanted.on, today));
    faults.extend(not_before(&["effectiveOn"], wanted.on, wanted.decision_date.max(last.effective_from)));
    if row.ended_on.is_some_and(|ended| ended <= wanted.on) {
        faults.push(absent("effectiveOn", &row.code, wanted.on));
    }
    let code = wanted.to.trim().to_owned();
    let to = organisations::by_codes_in(tx, programme.id, std::slice::from_ref(&code)).await?.pop();
    match &to {
        None => {
            let message = Message::new("change-unknown-organisation").with("code", shown(&code));
            faults.push(UserError::new(UserErrorCode::UnknownCode, &["to"], message));
        }
        Some(to) if to.id == row.organisation_id => {
            let message = Message::new("asset-transfer-to-holder").with("code", to.code.as_str());
            faults.push(UserError::new(UserErrorCode::Duplicate, &["to"], message));
        }
        Some(to) if !holds_on((to.effective_from, to.effective_to), wanted.on) => {
            faults.push(absent("to", &to.code, wanted.on));
        }
        Some(_) => {}
    }
    let Some(to) = to.filter(|_| faults.is_empty()) else { return Ok(Outcome::Invalid(faults)) };
    let holding = (last.number.saturating_add(1), to.id, wanted.on);
    let decision = (wanted.decision_number.as_str(), wanted.decision_date);
    let after = store::transfer(tx, &app.clock, &permit, &row, holding, decision).await?;
    project(app, tx, &permit, programme.id).await?;
    let before = json!({ "code": row.code, "organisation": holder.code, "version": row.version });
    let told = json!({
        "code": row.code, "organisation": to.code, "effectiveOn": wanted.on, "decisionNumber": wanted.decision_number.trim(),
        "decisionDate": wanted.decision_date, "version": after.version,
    });
    journal(app, tx, request, &permit, ("public_asset", &after), None, (Some(before), told)).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// Records that an asset is there no more, corrects that, or says that it is there after all.
pub async fn end(app: &App, request: &RequestContext, wanted: EndRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = end_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.target.dry_run, result).await
}

async fn end_in(app: &App, tx: &DatabaseTransaction, request: &RequestContext, wanted: &EndRequest) -> ApiResult<Done> {
    let target = &wanted.target;
    let Located { programme, holder, row } =
        locate(tx, &request.caller, target.programme.as_deref(), &target.code).await?;
    let permit = permit_on(tx, &request.caller, Action::TransferAsset, &holder, false).await?;
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    let key = idempotency::Key {
        key: target.idempotency_key.as_deref(),
        operation: "endPublicAsset",
        input: format!("{:?}", EndRequest { target: target.without_key(), ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return repeated(tx, id).await,
    }
    if row.version != target.seen() {
        return Err(ApiError::conflict());
    }
    if let Some(fault) = rules::asset_fault(Action::TransferAsset, row.current_id.is_some(), row.draft_id.is_some()) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    let mut faults: Vec<UserError> = text(&["reason"], &wanted.reason, rules::MAX_TEXT).into_iter().collect();
    match &wanted.end {
        None if row.ended_on.is_none() => {
            let message = Message::new("asset-not-ended");
            faults.push(UserError::new(UserErrorCode::WrongState, &[], message));
        }
        None => faults.extend(land_ended(tx, &row).await?),
        Some(end) => {
            let editions = store::editions_of(tx, &[row.id]).await?;
            let known = editions.iter().filter(|edition| edition.confirmation.is_some());
            let known = known.map(|edition| edition.row.effective_on).max();
            let held = store::holdings_of(tx, &[row.id]).await?.iter().map(|holding| holding.effective_from).max();
            let last = [known, held].into_iter().flatten().fold(row.first_on, NaiveDate::max);
            faults.extend(rules::check_end(end, last, app.clock.today()));
            let houses = match kind_of(&row)? {
                AssetKind::Land => store::houses_on(tx, row.id, end.on).await?,
                _ => Vec::new(),
            };
            if !houses.is_empty() {
                let message = Message::new("asset-land-has-houses").with("houses", houses.join(", "));
                faults.push(UserError::new(UserErrorCode::WrongState, &["endedOn"], message));
            }
        }
    }
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let end = wanted.end.as_ref().map(|end| (end, wanted.reason.as_str()));
    let after = store::end(tx, &app.clock, &permit, &row, end).await?;
    project(app, tx, &permit, programme.id).await?;
    let values = (Some(described(&row, None)), described(&after, None));
    journal(app, tx, request, &permit, ("public_asset", &after), Some(wanted.reason.trim()), values).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// A house is not there after all while the land below it is gone.
async fn land_ended(tx: &DatabaseTransaction, row: &public_asset::Model) -> ApiResult<Option<UserError>> {
    let editions = store::editions_of(tx, &[row.id]).await?;
    let current = editions.iter().map(|edition| &edition.row).find(|edition| Some(edition.id) == row.current_id);
    let Some(id) = current.and_then(|edition| edition.land_id) else { return Ok(None) };
    let land = store::by_ids(tx, &Viewer::server(), vec![id]).await?.pop();
    Ok(land.and_then(|land| Some(absent("land", &land.code, land.ended_on?))))
}

/// What the register counts of a programme.
pub async fn figures(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
) -> ApiResult<Vec<indicator::figures::RegisterFigure>> {
    Ok(timeline::figures(&store::histories(connection, programme_id).await?))
}

async fn project(app: &App, tx: &DatabaseTransaction, permit: &Permit, programme_id: Uuid) -> ApiResult<()> {
    let figures = figures(tx, programme_id).await?;
    indicator::service::project_register(tx, &app.clock, permit, programme_id, &MEASURES, &figures).await
}

fn described(row: &public_asset::Model, edition: Option<&public_asset_edition::Model>) -> Json {
    let mut told = json!({
        "code": row.code, "kind": row.kind, "organisation": row.organisation_id, "state": row.state,
        "endedOn": row.ended_on, "endCause": row.end_cause, "endReason": row.end_reason,
        "endDecisionNumber": row.end_decision_number, "endDecisionDate": row.end_decision_date, "version": row.version,
    });
    if let (Some(told), Some(edition)) = (told.as_object_mut(), edition) {
        told.insert(
            "details".to_owned(),
            json!({
                "edition": edition.edition, "effectiveOn": edition.effective_on, "name": edition.name,
                "address": edition.address, "landArea": edition.land_area, "floorArea": edition.floor_area,
                "yearOfUse": edition.year_of_use, "originalCost": edition.original_cost,
                "remainingValue": edition.remaining_value, "use": edition.asset_use, "land": edition.land_id,
                "paperKind": edition.paper_kind, "paperNumber": edition.paper_number, "paperDate": edition.paper_date,
            }),
        );
    }
    told
}

async fn journal(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    permit: &Permit,
    (record_kind, row): (&str, &public_asset::Model),
    reason: Option<&str>,
    (before, after): (Option<Json>, Json),
) -> ApiResult<()> {
    let entry = Entry {
        record_kind,
        record_id: Some(row.id),
        programme_id: Some(row.programme_id),
        reason,
        before,
        after: Some(after),
    };
    app.journal(tx, request, permit, entry).await
}

/// What a caller may do with an asset, answered from the tables that enforce it.
pub fn allowed_actions(caller: &Caller, row: &public_asset::Model, subject: &Subject<'_>) -> Vec<AllowedAction> {
    rules::ASSET_ACTIONS
        .iter()
        .map(|&action| {
            let denied = match policy::permit(caller, action, subject) {
                Err(refused) => Some(refused.denial.message()),
                Ok(_) => rules::asset_fault(action, row.current_id.is_some(), row.draft_id.is_some())
                    .map(|fault| fault.message),
            };
            AllowedAction { action, denied }
        })
        .collect()
}

/// Of the editions of an asset, its draft.
pub fn draft_of<'a>(row: &public_asset::Model, editions: &'a [Edition]) -> Option<&'a Edition> {
    editions.iter().find(|edition| Some(edition.row.id) == row.draft_id)
}
