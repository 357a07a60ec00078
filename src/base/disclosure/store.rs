//! Reads and writes of the cells of forms that templates describe.

use std::collections::HashMap;

use entity::template::form_cell;
use entity::workflow::submission;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use access::{Permit, Viewer};
use kernel::error::ApiResult;
use templates::definition::Template;
use templates::rules::{Cells, Content};

/// The cells of some submissions that may be seen, in the form's order: one statement.
pub async fn cells_of(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    submission_ids: &[Uuid],
) -> ApiResult<Vec<form_cell::Model>> {
    let visible = Query::select()
        .column(submission::Column::Id)
        .from(submission::Entity)
        .and_where(Expr::col((submission::Entity, submission::Column::Id)).is_in(submission_ids.iter().copied()))
        .cond_where(viewer.submissions())
        .to_owned();
    Ok(form_cell::Entity::find()
        .filter(form_cell::Column::SubmissionId.in_subquery(visible))
        .order_by_asc(form_cell::Column::SubmissionId)
        .order_by_asc(form_cell::Column::Position)
        .all(connection)
        .await?)
}

/// The cells of some submissions of one form, for rules inside a use case and for figures: whoever may see them.
pub async fn all(
    connection: &impl ConnectionTrait,
    template: &Template,
    submission_ids: &[Uuid],
) -> ApiResult<HashMap<Uuid, Cells>> {
    let mut found: HashMap<Uuid, Cells> = submission_ids.iter().map(|id| (*id, Cells::new())).collect();
    if submission_ids.is_empty() {
        return Ok(found);
    }
    let rows = form_cell::Entity::find()
        .filter(form_cell::Column::SubmissionId.is_in(submission_ids.iter().copied()))
        .all(connection)
        .await?;
    for row in rows {
        // A cell that the template had once and has no more is not read.
        let Some(place) = template.place(&row.table_code, &row.row_code, &row.field_code) else { continue };
        let content = match (row.value, row.text) {
            (Some(number), _) => Content::Number(number),
            (None, Some(text)) => Content::Text(text),
            (None, None) => continue,
        };
        found.entry(row.submission_id).or_default().insert(place, content);
    }
    Ok(found)
}

/// The cells of one submission.
pub async fn one(connection: &impl ConnectionTrait, template: &Template, id: Uuid) -> ApiResult<Cells> {
    Ok(all(connection, template, &[id]).await?.remove(&id).unwrap_or_default())
}

/// Replaces the cells of a submission.
pub async fn replace(
    tx: &DatabaseTransaction,
    _permit: &Permit,
    template: &Template,
    submission_id: Uuid,
    cells: &Cells,
) -> ApiResult<()> {
    form_cell::Entity::delete_many().filter(form_cell::Column::SubmissionId.eq(submission_id)).exec(tx).await?;
    let rows: Vec<form_cell::ActiveModel> = cells
        .iter()
        .filter_map(|(place, content)| {
            let (table, row, field) = template.at(*place)?;
            let (value, text) = match content {
                Content::Number(number) => (Some(*number), None),
                Content::Text(text) => (None, Some(text.clone())),
            };
            Some(form_cell::ActiveModel {
                submission_id: Set(submission_id),
                position: Set(template.position(*place)),
                table_code: Set(table.code.clone()),
                row_code: Set(row.code.clone()),
                field_code: Set(field.code.clone()),
                value: Set(value),
                text: Set(text),
            })
        })
        .collect();
    // A form has at most 1,000 cells of seven columns: below what both engines take as parameters.
    if !rows.is_empty() {
        form_cell::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}
