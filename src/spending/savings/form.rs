//! What the form of the score has beside its template: the most of each component, the appraisal that acceptance waits for,
//! and the measures.

use async_trait::async_trait;
use entity::workflow::submission;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use super::rules::{Own, Scale, day_of, is_current};
use super::{SavingsComponent, store};
use access::Viewer;
use base::parameter;
use base::parameter::Code;
use forms::workflow::store as submissions;
use kernel::error::{ApiError, ApiResult};
use kernel::form::Figures;
use kernel::i18n::Message;
use kernel::period::Period;
use kernel::user_error::{UserError, UserErrorCode};
use kit::plugged::Beside;
use templates::Template;
use templates::definition::Place;
use templates::rules::{CellFault, Cells, Content};

/// The measures of the form: appraised points, and the most that there were to get.
pub const MEASURES: [&str; 2] = ["SAVING.POINTS", "SAVING.MAX_POINTS"];

/// The form of the score, beside its template.
pub struct Appraised;

fn template() -> ApiResult<&'static Template> {
    templates::of(kernel::form::FormCode::SavingsScore)
}

fn place_of(template: &Template, field: &str) -> ApiResult<Place> {
    let place = template.place("SCORE", "TOTAL", field);
    place.ok_or_else(|| ApiError::internal(format!("savings-score.toml has no field {field}")))
}

/// What a unit says of itself in its cells.
pub fn own(cells: &Cells) -> ApiResult<Own> {
    let template = template()?;
    let number = |field: &str| -> ApiResult<Option<i64>> {
        Ok(match cells.get(&place_of(template, field)?) {
            Some(Content::Number(number)) => Some(*number),
            _ => None,
        })
    };
    let mut own =
        Own { has_subordinates: number("subordinateUnits")?.is_some_and(|units| units > 0), ..Own::default() };
    for component in SavingsComponent::ALL {
        if let Some(points) = number(component.field())? {
            own.points.insert(*component, points);
        }
    }
    Ok(own)
}

/// The scale of a budget year; BAD_USER_INPUT for one before there was any.
pub async fn scale(connection: &impl ConnectionTrait, programme_id: Uuid, year: i32) -> ApiResult<Scale> {
    let day = day_of(year).ok_or_else(|| ApiError::internal("a year that no calendar has"))?;
    let parameters = parameter::store::in_force(connection, programme_id, day).await?;
    // The score begins with the budget year 2018.
    if !parameters.has(Code::SavingsMaxDirection) {
        return Err(parameter::not_in_force(Code::SavingsMaxDirection, day));
    }
    Scale::of(&parameters)
}

#[async_trait]
impl Beside for Appraised {
    async fn faults(
        &self,
        tx: &DatabaseTransaction,
        programme_id: Uuid,
        period: &Period,
        cells: &Cells,
    ) -> ApiResult<Vec<CellFault>> {
        let (template, own, scale) = (template()?, own(cells)?, scale(tx, programme_id, period.year).await?);
        let mut faults = Vec::new();
        for (component, points) in own.points {
            // Points for subordinate units where there are none are the template's to refuse.
            let most = scale.maximum(component, true);
            if points > most {
                faults.push(CellFault {
                    place: place_of(template, component.field())?,
                    code: UserErrorCode::OutOfRange,
                    message: Message::new("savings-above-most").with("max", most).with("given", points),
                    values: Some((most.to_string(), points.to_string())),
                });
            }
        }
        Ok(faults)
    }

    async fn unready(&self, tx: &DatabaseTransaction, row: &submission::Model) -> ApiResult<Vec<UserError>> {
        let rounds = store::rounds(tx, &Viewer::server(), &[row.id]).await?.remove(&row.id).unwrap_or_default();
        let last = rounds.keys().next_back().copied();
        if last.is_some_and(|version| is_current(kernel::form::State::Submitted, row.version, version)) {
            return Ok(Vec::new());
        }
        let key = if last.is_some() { "savings-appraised-before" } else { "savings-not-appraised" };
        Ok(vec![UserError::new(UserErrorCode::NotAppraised, &["submission"], Message::new(key))])
    }

    /// The last appraisal, which is the one that was accepted: nobody appraises a form after that.
    async fn figures(&self, tx: &DatabaseTransaction, row: &submission::Model, _cells: &Cells) -> ApiResult<Figures> {
        let rounds = store::rounds(tx, &Viewer::server(), &[row.id]).await?.remove(&row.id).unwrap_or_default();
        let last = rounds.values().next_back();
        let [points, most] = MEASURES;
        Ok(vec![
            (points, last.map(|round| round.iter().map(|one| one.points).sum())),
            (most, last.map(|round| round.iter().map(|one| one.maximum).sum())),
        ])
    }
}

/// The period of a budget year.
pub fn year_of(year: i32) -> ApiResult<Period> {
    use kernel::period::{Calendar, PeriodKind};
    Period::generate(Calendar::BudgetYear, PeriodKind::Year, year, 1)
        .ok_or_else(|| ApiError::bad_input(Message::new("period-invalid").with("code", year.to_string())))
}

/// The year of a form.
pub fn year_of_row(row: &submission::Model) -> ApiResult<i32> {
    Ok(submissions::period_of(row)?.year)
}
