//! Reads and writes of submissions. A write takes a [`Permit`], a read takes a [`Viewer`].

use std::collections::HashSet;
use std::str::FromStr;

use chrono::NaiveDate;
use entity::programme::reporting_obligation;
use entity::workflow::{submission, submission_author, submission_event};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::rules::Transition;
use access::viewer::select_all;
use access::{Permit, Viewer};
use base::organisation::store as organisations;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::form::{FormCode, State};
use kernel::period::{Calendar, Period};
use kit::paging::{Keyset, Page, Slice};

/// The order of submission lists: by the end of the period.
pub const ORDER: Keyset = Keyset::new("submission", &["submission.period_end", "submission.id"]);

/// The period of a stored submission.
pub fn period_of(row: &submission::Model) -> ApiResult<Period> {
    Ok(Period::parse(Calendar::from_str(&row.calendar)?, &row.period_code)?)
}

/// The form of a stored submission.
pub fn form_of(row: &submission::Model) -> ApiResult<FormCode> {
    Ok(FormCode::from_str(&row.form)?)
}

/// The state of a stored submission.
pub fn state_of(row: &submission::Model) -> ApiResult<State> {
    Ok(State::from_str(&row.state)?)
}

/// Which form of which organisation for which period: what a submission is about.
#[derive(Debug, Clone, Copy)]
pub struct Slot<'a> {
    /// The organisation.
    pub organisation_id: Uuid,
    /// The form.
    pub form: FormCode,
    /// The period.
    pub period: &'a Period,
}

fn of_slot(slot: &Slot<'_>) -> Condition {
    Condition::all()
        .add(submission::Column::OrganisationId.eq(slot.organisation_id))
        .add(submission::Column::Form.eq(slot.form.as_str()))
        .add(submission::Column::Calendar.eq(slot.period.calendar.as_str()))
        .add(submission::Column::PeriodCode.eq(slot.period.code()))
}

/// The latest edition for a slot.
pub async fn latest(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    slot: &Slot<'_>,
) -> ApiResult<Option<submission::Model>> {
    Ok(submission::Entity::find()
        .filter(viewer.submissions())
        .filter(of_slot(slot))
        .order_by_desc(submission::Column::Edition)
        .limit(1)
        .one(connection)
        .await?)
}

/// All editions that may be seen for a slot, the first first.
pub async fn editions(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    slot: &Slot<'_>,
) -> ApiResult<Vec<submission::Model>> {
    Ok(submission::Entity::find()
        .filter(viewer.submissions())
        .filter(of_slot(slot))
        .order_by_asc(submission::Column::Edition)
        .all(connection)
        .await?)
}

/// Submissions by id.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> ApiResult<Vec<submission::Model>> {
    Ok(submission::Entity::find()
        .filter(viewer.submissions())
        .filter(submission::Column::Id.is_in(ids))
        .all(connection)
        .await?)
}

/// What to look for among submissions.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of this organisation.
    pub organisation_id: Option<Uuid>,
    /// Only of this form.
    pub form: Option<FormCode>,
    /// Only for this period code.
    pub period_code: Option<String>,
    /// Only in these states.
    pub states: Vec<State>,
}

/// A page of submissions.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<submission::Model>> {
    let mut condition = Condition::all().add(viewer.submissions());
    if let Some(programme_id) = filter.programme_id {
        condition = condition.add(submission::Column::ProgrammeId.eq(programme_id));
    }
    if let Some(organisation_id) = filter.organisation_id {
        condition = condition.add(submission::Column::OrganisationId.eq(organisation_id));
    }
    if let Some(form) = filter.form {
        condition = condition.add(submission::Column::Form.eq(form.as_str()));
    }
    if let Some(code) = &filter.period_code {
        condition = condition.add(submission::Column::PeriodCode.eq(code));
    }
    if !filter.states.is_empty() {
        condition = condition.add(submission::Column::State.is_in(filter.states.iter().map(|state| state.as_str())));
    }
    let mut select = select_all::<submission::Entity>();
    select.cond_where(condition);
    page.fetch(connection, &ORDER, select, |row: &submission::Model| vec![row.period_end.into(), row.id.into()]).await
}

/// Whether a person wrote in a submission or appraised it.
pub async fn is_author(connection: &impl ConnectionTrait, submission_id: Uuid, person_id: Uuid) -> ApiResult<bool> {
    Ok(submission_author::Entity::find_by_id((submission_id, person_id)).one(connection).await?.is_some())
}

/// Whether a person wrote in a submission, whoever appraised it.
pub async fn is_writer(connection: &impl ConnectionTrait, submission_id: Uuid, person_id: Uuid) -> ApiResult<bool> {
    let found = submission_author::Entity::find_by_id((submission_id, person_id)).one(connection).await?;
    Ok(found.is_some_and(|author| !author.appraiser))
}

/// Which of some submissions a person wrote in, whoever appraised them.
pub async fn writer_of(
    connection: &impl ConnectionTrait,
    submission_ids: &[Uuid],
    person_id: Uuid,
) -> ApiResult<HashSet<Uuid>> {
    let rows = submission_author::Entity::find()
        .filter(submission_author::Column::SubmissionId.is_in(submission_ids.iter().copied()))
        .filter(submission_author::Column::PersonId.eq(person_id))
        .filter(submission_author::Column::Appraiser.eq(false))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.submission_id).collect())
}

/// Which of some submissions a person wrote in or appraised.
pub async fn written_by(
    connection: &impl ConnectionTrait,
    submission_ids: Vec<Uuid>,
    person_id: Uuid,
) -> ApiResult<Vec<Uuid>> {
    Ok(submission_author::Entity::find()
        .filter(submission_author::Column::SubmissionId.is_in(submission_ids))
        .filter(submission_author::Column::PersonId.eq(person_id))
        .all(connection)
        .await?
        .into_iter()
        .map(|row| row.submission_id)
        .collect())
}

/// The steps of a submission, in order.
pub async fn events(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    submission_ids: Vec<Uuid>,
) -> ApiResult<Vec<submission_event::Model>> {
    let visible = Query::select()
        .column(submission::Column::Id)
        .from(submission::Entity)
        .and_where(Expr::col((submission::Entity, submission::Column::Id)).is_in(submission_ids))
        .cond_where(viewer.submissions())
        .to_owned();
    Ok(submission_event::Entity::find()
        .filter(submission_event::Column::SubmissionId.in_subquery(visible))
        .order_by_asc(submission_event::Column::Id)
        .all(connection)
        .await?)
}

/// The submissions of an organisation's form whose periods of one kind end before a day, the latest
/// first: the latest edition in force or on its way, whoever may see it.
pub async fn earlier(
    connection: &impl ConnectionTrait,
    slot: &Slot<'_>,
    before: NaiveDate,
    limit: u64,
) -> ApiResult<Vec<submission::Model>> {
    Ok(submission::Entity::find()
        .filter(submission::Column::OrganisationId.eq(slot.organisation_id))
        .filter(submission::Column::Form.eq(slot.form.as_str()))
        .filter(submission::Column::Calendar.eq(slot.period.calendar.as_str()))
        .filter(submission::Column::PeriodKind.eq(slot.period.kind.as_str()))
        .filter(submission::Column::PeriodEnd.lt(before))
        .filter(submission::Column::State.is_in([State::Submitted.as_str(), State::Accepted.as_str()]))
        .order_by_desc(submission::Column::PeriodEnd)
        .order_by_desc(submission::Column::Edition)
        .limit(limit)
        .all(connection)
        .await?)
}

/// What an organisation says in a form for a period: its latest edition that is submitted or accepted, whoever may
/// see it.
pub async fn in_force(connection: &impl ConnectionTrait, slot: &Slot<'_>) -> ApiResult<Option<submission::Model>> {
    Ok(submission::Entity::find()
        .filter(submission::Column::OrganisationId.eq(slot.organisation_id))
        .filter(submission::Column::Form.eq(slot.form.as_str()))
        .filter(submission::Column::Calendar.eq(slot.period.calendar.as_str()))
        .filter(submission::Column::PeriodCode.eq(slot.period.code()))
        .filter(submission::Column::State.is_in([State::Submitted.as_str(), State::Accepted.as_str()]))
        .order_by_desc(submission::Column::Edition)
        .one(connection)
        .await?)
}

/// The obligations to submit a form that hold at the end of a period, of organisations that are there on some day of
/// it: nobody owes a form for a time after his end.
pub async fn obligations(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    form: Option<FormCode>,
    period: &Period,
) -> ApiResult<Vec<reporting_obligation::Model>> {
    let (on, absent) = (period.end, organisations::absent_in((period.start, period.end)));
    let mut find = reporting_obligation::Entity::find()
        .filter(reporting_obligation::Column::ProgrammeId.eq(programme_id))
        .filter(reporting_obligation::Column::OrganisationId.not_in_subquery(absent))
        .filter(reporting_obligation::Column::EffectiveFrom.lte(on))
        .filter(
            Condition::any()
                .add(reporting_obligation::Column::EffectiveTo.is_null())
                .add(reporting_obligation::Column::EffectiveTo.gte(on)),
        );
    if let Some(form) = form {
        find = find.filter(reporting_obligation::Column::Form.eq(form.as_str()));
    }
    Ok(find.order_by_asc(reporting_obligation::Column::Id).all(connection).await?)
}

/// The last day to submit a slot, where an obligation says so.
pub async fn due_on(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    slot: &Slot<'_>,
) -> ApiResult<Option<NaiveDate>> {
    let obligations = obligations(connection, programme_id, Some(slot.form), slot.period).await?;
    Ok(obligations
        .iter()
        .find(|row| {
            row.organisation_id == slot.organisation_id
                && row.calendar == slot.period.calendar.as_str()
                && row.period_kind == slot.period.kind.as_str()
        })
        .map(|row| slot.period.due(u32::try_from(row.due_days).unwrap_or_default())))
}

/// Begins a submission: an edition in state DRAFT.
pub async fn insert(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    slot: &Slot<'_>,
    edition: i32,
    reopen_reason: Option<&str>,
) -> ApiResult<submission::Model> {
    let now = clock.now();
    let due_on = due_on(tx, programme_id, slot).await?;
    let row = submission::ActiveModel {
        id: Set(clock.new_id()),
        programme_id: Set(programme_id),
        organisation_id: Set(slot.organisation_id),
        form: Set(slot.form.as_str().to_owned()),
        calendar: Set(slot.period.calendar.as_str().to_owned()),
        period_kind: Set(slot.period.kind.as_str().to_owned()),
        period_code: Set(slot.period.code()),
        period_start: Set(slot.period.start),
        period_end: Set(slot.period.end),
        due_on: Set(due_on),
        edition: Set(edition),
        version: Set(1),
        state: Set(State::Draft.as_str().to_owned()),
        drafted_by: Set(permit.person()?),
        reopen_reason: Set(reopen_reason.map(str::to_owned)),
        created_at: Set(now),
        updated_at: Set(now),
        submitted_by: Set(None),
        submitted_at: Set(None),
        late_days: Set(None),
        decided_by: Set(None),
        decided_at: Set(None),
        return_reason: Set(None),
        warnings_note: Set(None),
    };
    row.insert(tx).await.map_err(kit::app::conflict_or_fault)
}

/// Opens the next edition of a submission: its writers are the earlier one's, and so is the day it was first
/// sent, which is what lateness is about.
pub async fn insert_next(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &submission::Model,
    slot: &Slot<'_>,
    reopen_reason: Option<&str>,
) -> ApiResult<submission::Model> {
    let next = insert(tx, clock, permit, row.programme_id, slot, row.edition + 1, reopen_reason).await?;
    let authors = submission_author::Entity::find()
        .filter(submission_author::Column::SubmissionId.eq(row.id))
        .filter(submission_author::Column::Appraiser.eq(false))
        .all(tx)
        .await?
        .into_iter()
        .map(|author| submission_author::ActiveModel {
            submission_id: Set(next.id),
            person_id: Set(author.person_id),
            appraiser: Set(false),
        });
    submission_author::Entity::insert_many(authors).exec_without_returning(tx).await?;
    let change = submission::ActiveModel {
        id: Set(next.id),
        drafted_by: Set(row.drafted_by),
        late_days: Set(row.late_days),
        ..Default::default()
    };
    Ok(change.update(tx).await?)
}

/// Takes the next version of a submission, if nobody else has: the one guard against lost updates. On
/// PostgreSQL this also locks the row until the transaction ends.
pub async fn advance(
    tx: &DatabaseTransaction,
    clock: &Clock,
    _permit: &Permit,
    row: &submission::Model,
    expected_version: i32,
    change: submission::ActiveModel,
) -> ApiResult<submission::Model> {
    let changed = submission::Entity::update_many()
        .set(submission::ActiveModel {
            version: Set(expected_version.saturating_add(1)),
            updated_at: Set(clock.now()),
            id: ActiveValue::NotSet,
            ..change
        })
        .filter(submission::Column::Id.eq(row.id))
        .filter(submission::Column::Version.eq(expected_version))
        // The step was decided on this state; nothing may have moved it since.
        .filter(submission::Column::State.eq(row.state.as_str()))
        .exec(tx)
        .await
        .map_err(kit::app::conflict_or_fault)?;
    if changed.rows_affected != 1 {
        return Err(ApiError::conflict());
    }
    submission::Entity::find_by_id(row.id)
        .one(tx)
        .await?
        .ok_or_else(|| ApiError::internal("a submission vanished inside its transaction"))
}

/// Marks an accepted edition as superseded by a later one.
pub async fn supersede(
    tx: &DatabaseTransaction,
    clock: &Clock,
    _permit: &Permit,
    slot: &Slot<'_>,
    before: i32,
) -> ApiResult<()> {
    submission::Entity::update_many()
        .col_expr(submission::Column::State, Expr::value(State::Superseded.as_str()))
        .col_expr(submission::Column::Version, Expr::col(submission::Column::Version).add(1))
        .col_expr(submission::Column::UpdatedAt, Expr::value(clock.now()))
        .filter(of_slot(slot))
        .filter(submission::Column::Edition.lt(before))
        .filter(submission::Column::State.eq(State::Accepted.as_str()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Remembers that a person wrote in a submission. Whoever appraised it before is a writer from then on.
pub async fn add_author(tx: &DatabaseTransaction, permit: &Permit, submission_id: Uuid) -> ApiResult<()> {
    remember(tx, permit, submission_id, false).await
}

/// Remembers that a person appraised a submission. A writer stays one.
pub async fn add_appraiser(tx: &DatabaseTransaction, permit: &Permit, submission_id: Uuid) -> ApiResult<()> {
    remember(tx, permit, submission_id, true).await
}

async fn remember(tx: &DatabaseTransaction, permit: &Permit, submission_id: Uuid, appraiser: bool) -> ApiResult<()> {
    use submission_author::Column;
    let author = submission_author::ActiveModel {
        submission_id: Set(submission_id),
        person_id: Set(permit.person()?),
        appraiser: Set(appraiser),
    };
    let mut known = OnConflict::columns([Column::SubmissionId, Column::PersonId]);
    let known = if appraiser { known.do_nothing() } else { known.update_column(Column::Appraiser) };
    submission_author::Entity::insert(author).on_conflict(known.to_owned()).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes down a step.
pub async fn add_event(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    submission_id: Uuid,
    from: Option<State>,
    transition: Transition,
    reason: Option<&str>,
) -> ApiResult<()> {
    let event = submission_event::ActiveModel {
        id: Set(clock.new_id()),
        submission_id: Set(submission_id),
        action: Set(permit.action.as_str().to_owned()),
        from_state: Set(from.map(|state| state.as_str().to_owned())),
        to_state: Set(transition.to.as_str().to_owned()),
        actor_id: Set(permit.person()?),
        actor_role: Set(permit.role.to_owned()),
        reason: Set(reason.map(str::to_owned)),
        at: Set(clock.now()),
    };
    event.insert(tx).await?;
    Ok(())
}

/// Every accepted submission of a programme, in a stable order, for rebuilding its measures.
pub async fn all_accepted(tx: &DatabaseTransaction, programme_id: Uuid) -> ApiResult<Vec<submission::Model>> {
    Ok(submission::Entity::find()
        .filter(submission::Column::ProgrammeId.eq(programme_id))
        .filter(submission::Column::State.eq(State::Accepted.as_str()))
        .order_by_asc(submission::Column::Id)
        .all(tx)
        .await?)
}

/// The latest editions for a period of a form (of every form when none is named) of some organisations,
/// whoever may see them: for saying who has submitted and who has not.
pub async fn latest_of_period(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    form: Option<FormCode>,
    period: &Period,
    organisation_ids: &[Uuid],
) -> ApiResult<Vec<submission::Model>> {
    let mut find = submission::Entity::find()
        .filter(submission::Column::OrganisationId.is_in(organisation_ids.iter().copied()))
        .filter(submission::Column::ProgrammeId.eq(programme_id));
    if let Some(form) = form {
        find = find.filter(submission::Column::Form.eq(form.as_str()));
    }
    let mut rows = find
        .filter(submission::Column::Calendar.eq(period.calendar.as_str()))
        .filter(submission::Column::PeriodCode.eq(period.code()))
        .order_by_asc(submission::Column::OrganisationId)
        .order_by_asc(submission::Column::Form)
        .order_by_desc(submission::Column::Edition)
        .all(connection)
        .await?;
    rows.dedup_by(|next, row| next.organisation_id == row.organisation_id && next.form == row.form);
    Ok(rows)
}
