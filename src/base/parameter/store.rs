//! Reads of dated parameters. They are written by `reference` alone.

use chrono::NaiveDate;
use entity::parameter::parameter;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::rules::InForce;
use access::Viewer;
use access::viewer::select_all;
use kernel::error::ApiResult;
use kit::paging::{Keyset, Page, Slice};

/// The order of parameter lists: by code, then by day.
pub const ORDER: Keyset = Keyset::new("parameter", &["parameter.code", "parameter.effective_from", "parameter.id"]);

fn holding_on(day: NaiveDate) -> Condition {
    let to = || Expr::col((parameter::Entity, parameter::Column::EffectiveTo));
    Condition::all()
        .add(Expr::col((parameter::Entity, parameter::Column::EffectiveFrom)).lte(day))
        .add(Condition::any().add(to().is_null()).add(to().gte(day)))
}

/// Every entry of a parameter of a programme, by day.
pub async fn of_code(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    code: super::Code,
) -> ApiResult<Vec<parameter::Model>> {
    Ok(parameter::Entity::find()
        .filter(parameter::Column::ProgrammeId.eq(programme_id))
        .filter(parameter::Column::Code.eq(code.as_str()))
        .order_by_asc(parameter::Column::EffectiveFrom)
        .all(connection)
        .await?)
}

/// The parameters of a programme that hold on a day.
pub async fn in_force(connection: &impl ConnectionTrait, programme_id: Uuid, day: NaiveDate) -> ApiResult<InForce> {
    let rows = parameter::Entity::find()
        .filter(parameter::Column::ProgrammeId.eq(programme_id))
        .filter(holding_on(day))
        .all(connection)
        .await?;
    Ok(InForce::on(rows, day))
}

/// What to look for among parameters.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of this code.
    pub code: Option<String>,
    /// Only those that hold on this day.
    pub on: Option<NaiveDate>,
}

/// A page of parameters, by code and day.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<parameter::Model>> {
    use parameter::Column;
    let mut condition = Condition::all().add(viewer.in_programmes((parameter::Entity, Column::ProgrammeId)));
    if let Some(id) = filter.programme_id {
        condition = condition.add(Column::ProgrammeId.eq(id));
    }
    if let Some(code) = &filter.code {
        condition = condition.add(Column::Code.eq(code.as_str()));
    }
    if let Some(day) = filter.on {
        condition = condition.add(holding_on(day));
    }
    let mut select = select_all::<parameter::Entity>();
    select.cond_where(condition);
    page.fetch(connection, &ORDER, select, |row: &parameter::Model| {
        vec![row.code.clone().into(), row.effective_from.into(), row.id.into()]
    })
    .await
}
