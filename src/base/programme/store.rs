//! Reads and writes of targets, tasks and leads.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::programme::{lead_assignment, reform_area, target, task};
use sea_orm::sea_query::{Condition, Expr, IntoColumnRef};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use super::TaskKind;
use access::viewer::holding_on;
use access::viewer::select_all;
use access::{Permit, Viewer};
use kernel::clock::Clock;
use kernel::error::ApiResult;
use kernel::units::{LeadRole, LeadSubject};
use kit::paging::{Keyset, Page, Slice};

/// The order of targets: by their place in the plan, which the file gave them.
pub const TARGET_ORDER: Keyset = Keyset::new("target", &["target.section", "target.id"]);
/// The order of tasks.
pub const TASK_ORDER: Keyset = Keyset::new("task", &["task.section", "task.id"]);

/// The six reform areas of some programmes, in the plan's order.
pub async fn areas(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_ids: &[Uuid],
) -> ApiResult<Vec<reform_area::Model>> {
    Ok(reform_area::Entity::find()
        .filter(viewer.in_programmes((reform_area::Entity, reform_area::Column::ProgrammeId)))
        .filter(reform_area::Column::ProgrammeId.is_in(programme_ids.iter().copied()))
        .order_by_asc(reform_area::Column::Position)
        .all(connection)
        .await?)
}

/// What to look for among targets.
#[derive(Debug, Clone, Default)]
pub struct TargetFilter {
    /// Only of this reform area.
    pub area: Option<String>,
    /// Only of this issuing level.
    pub level: Option<&'static str>,
    /// Only of this section.
    pub section: Option<String>,
}

/// A page of the targets of a programme.
pub async fn targets_page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    filter: &TargetFilter,
    page: &Page,
) -> ApiResult<Slice<target::Model>> {
    use target::Column;
    let mut condition = Condition::all()
        .add(viewer.in_programmes((target::Entity, Column::ProgrammeId)))
        .add(Column::ProgrammeId.eq(programme_id));
    if let Some(area) = &filter.area {
        condition = condition.add(Column::AreaCode.eq(area.as_str()));
    }
    if let Some(level) = filter.level {
        condition = condition.add(Column::IssuingLevel.eq(level));
    }
    if let Some(section) = &filter.section {
        condition = condition.add(Column::Section.eq(section.as_str()));
    }
    let mut select = select_all::<target::Entity>();
    select.cond_where(condition);
    page.fetch(connection, &TARGET_ORDER, select, |row: &target::Model| vec![row.section.clone().into(), row.id.into()])
        .await
}

/// Targets by id.
pub async fn targets_by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> ApiResult<Vec<target::Model>> {
    Ok(target::Entity::find()
        .filter(viewer.in_programmes((target::Entity, target::Column::ProgrammeId)))
        .filter(target::Column::Id.is_in(ids))
        .all(connection)
        .await?)
}

/// What to look for among tasks.
#[derive(Debug, Clone, Default)]
pub struct TaskFilter {
    /// Only of this reform area.
    pub area: Option<String>,
    /// Only of these kinds.
    pub kinds: Vec<TaskKind>,
    /// Only those that this organisation leads or coordinates today.
    pub organisation: Option<(Uuid, NaiveDate)>,
}

/// A page of the tasks of a programme.
pub async fn tasks_page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    filter: &TaskFilter,
    page: &Page,
) -> ApiResult<Slice<task::Model>> {
    use task::Column;
    let mut condition = Condition::all()
        .add(viewer.in_programmes((task::Entity, Column::ProgrammeId)))
        .add(Column::ProgrammeId.eq(programme_id));
    if let Some(area) = &filter.area {
        condition = condition.add(Column::AreaCode.eq(area.as_str()));
    }
    if !filter.kinds.is_empty() {
        condition = condition.add(Column::Kind.is_in(filter.kinds.iter().map(|kind| kind.as_str())));
    }
    if let Some((organisation_id, on)) = filter.organisation {
        let own = sea_orm::sea_query::Query::select()
            .column(lead_assignment::Column::Section)
            .from(lead_assignment::Entity)
            .and_where(lead_assignment::Column::ProgrammeId.eq(programme_id))
            .and_where(lead_assignment::Column::Subject.eq(LeadSubject::Task.as_str()))
            .and_where(lead_assignment::Column::OrganisationId.eq(organisation_id))
            .cond_where(in_force(on))
            .to_owned();
        condition =
            condition.add(Condition::any().add(Column::Section.in_subquery(own)).add(Column::AllUnits.eq(true)));
    }
    let mut select = select_all::<task::Entity>();
    select.cond_where(condition);
    page.fetch(connection, &TASK_ORDER, select, |row: &task::Model| vec![row.section.clone().into(), row.id.into()])
        .await
}

/// Tasks by id.
pub async fn tasks_by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> ApiResult<Vec<task::Model>> {
    Ok(task::Entity::find()
        .filter(viewer.in_programmes((task::Entity, task::Column::ProgrammeId)))
        .filter(task::Column::Id.is_in(ids))
        .all(connection)
        .await?)
}

/// Whether a programme has a target or a task of a section.
pub async fn has_section(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    subject: LeadSubject,
    section: &str,
) -> ApiResult<bool> {
    Ok(match subject {
        LeadSubject::Target => target::Entity::find()
            .filter(target::Column::ProgrammeId.eq(programme_id))
            .filter(target::Column::Section.eq(section))
            .one(connection)
            .await?
            .is_some(),
        LeadSubject::Task => task::Entity::find()
            .filter(task::Column::ProgrammeId.eq(programme_id))
            .filter(task::Column::Section.eq(section))
            .one(connection)
            .await?
            .is_some(),
    })
}

fn in_force(on: NaiveDate) -> Condition {
    Condition::all().add(lead_assignment::Column::EffectiveFrom.lte(on)).add(
        Condition::any()
            .add(lead_assignment::Column::EffectiveTo.is_null())
            .add(lead_assignment::Column::EffectiveTo.gte(on)),
    )
}

/// Who leads what: programme, subject and section.
pub type LeadKey = (Uuid, LeadSubject, String);

/// The assignments in force on a day for several targets and tasks.
pub async fn leads(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    keys: &[LeadKey],
    on: NaiveDate,
) -> ApiResult<HashMap<LeadKey, Vec<lead_assignment::Model>>> {
    let programmes: Vec<Uuid> = keys.iter().map(|(programme_id, ..)| *programme_id).collect();
    let sections: Vec<&str> = keys.iter().map(|(_, _, section)| section.as_str()).collect();
    let column = |column: lead_assignment::Column| (lead_assignment::Entity, column);
    let rows = lead_assignment::Entity::find()
        .filter(viewer.in_programmes((lead_assignment::Entity, lead_assignment::Column::ProgrammeId)))
        .filter(lead_assignment::Column::ProgrammeId.is_in(programmes))
        .filter(lead_assignment::Column::Section.is_in(sections))
        .filter(holding_on(
            (column(lead_assignment::Column::EffectiveFrom), column(lead_assignment::Column::EffectiveTo)),
            [column(lead_assignment::Column::OrganisationId).into_column_ref()],
            on,
        ))
        .order_by_asc(lead_assignment::Column::Id)
        .all(connection)
        .await?;
    let mut found: HashMap<LeadKey, Vec<lead_assignment::Model>> = HashMap::new();
    for row in rows {
        let subject: LeadSubject = row.subject.parse()?;
        found.entry((row.programme_id, subject, row.section.clone())).or_default().push(row);
    }
    Ok(found)
}

/// Ends the assignments of a target or task from a day on, and makes others: the history stays. Assignments
/// of that very day are replaced.
pub async fn replace_leads(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    key: &LeadKey,
    on: NaiveDate,
    leads: &[(Uuid, LeadRole)],
) -> ApiResult<()> {
    debug_assert_eq!(permit.action, access::Action::AssignLead);
    let (programme_id, subject, section) = key;
    let of_key = || {
        Condition::all()
            .add(lead_assignment::Column::ProgrammeId.eq(*programme_id))
            .add(lead_assignment::Column::Subject.eq(subject.as_str()))
            .add(lead_assignment::Column::Section.eq(section.as_str()))
    };
    lead_assignment::Entity::delete_many()
        .filter(of_key())
        .filter(lead_assignment::Column::EffectiveFrom.gte(on))
        .exec(tx)
        .await?;
    let last_day = on.pred_opt().unwrap_or(on);
    lead_assignment::Entity::update_many()
        .col_expr(lead_assignment::Column::EffectiveTo, Expr::value(last_day))
        .filter(of_key())
        .filter(in_force(on))
        .exec(tx)
        .await?;
    let rows = leads.iter().map(|(organisation_id, role)| lead_assignment::ActiveModel {
        id: Set(clock.new_id()),
        programme_id: Set(*programme_id),
        subject: Set(subject.as_str().to_owned()),
        section: Set(section.clone()),
        organisation_id: Set(*organisation_id),
        role: Set(role.as_str().to_owned()),
        stated_in_plan: Set(false),
        effective_from: Set(on),
        effective_to: Set(None),
    });
    lead_assignment::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}
