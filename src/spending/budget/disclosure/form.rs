//! What the form of disclosure has beside its template: which documents belong to its quarter, days that can't be, and the
//! measures.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::NaiveDate;
use entity::workflow::submission;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use super::BudgetDisclosureDocument as Document;
use super::rules::{Deadline, Told, arises_on, is_of_decision, is_told_in};
use crate::budget::rules::decision_days;
use base::parameter;
use base::parameter::Code;
use base::parameter::rules::InForce;
use forms::workflow::store as submissions;
use kernel::error::{ApiError, ApiResult};
use kernel::form::FormCode;
use kernel::form::{Figures, Warning, WarningCode};
use kernel::i18n::{Message, MessageArg};
use kernel::period::Period;
use kernel::user_error::UserErrorCode;
use kit::plugged::Beside;
use templates::Template;
use templates::definition::Place;
use templates::rules::{CellFault, Cells, Content};

/// The measures of the form: documents to be published, published, and published in time.
pub const MEASURES: [&str; 3] = ["DISCLOSURE.DUE", "DISCLOSURE.PUBLISHED", "DISCLOSURE.IN_TIME"];

/// The form of disclosure, beside its template.
pub struct Disclosures;

/// The template of the form.
pub fn template() -> ApiResult<&'static Template> {
    templates::of(FormCode::BudgetDisclosure)
}

fn place_of(template: &Template, document: Document, field: &str) -> ApiResult<Place> {
    let table = if is_of_decision(document) { "DECISIONS" } else { "REPORTS" };
    let place = template.place(table, document.as_str(), field);
    place.ok_or_else(|| ApiError::internal(format!("budget-disclosure.toml has no {document}/{field}")))
}

/// What a form says of each document of which it says anything.
pub fn told(cells: &Cells) -> ApiResult<BTreeMap<Document, Told>> {
    let template = template()?;
    let mut found = BTreeMap::new();
    for document in Document::ALL {
        let text = |field: &str| -> ApiResult<Option<&String>> {
            Ok(match cells.get(&place_of(template, *document, field)?) {
                Some(Content::Text(text)) => Some(text),
                _ => None,
            })
        };
        let day = |field: &str| -> ApiResult<Option<NaiveDate>> {
            let parsed = text(field)?.map(|text| text.parse()).transpose();
            parsed.map_err(|_| ApiError::internal(format!("{document}/{field} holds no day")))
        };
        let told = Told {
            decided_on: if is_of_decision(*document) { day("decidedOn")? } else { None },
            published_on: day("publishedOn")?,
            place: text("place")?.cloned(),
        };
        if told != Told::default() {
            found.insert(*document, told);
        }
    }
    Ok(found)
}

/// How many days there are to publish, by the day after which they run.
pub struct DaysToPublish(Vec<entity::parameter::parameter::Model>);

impl DaysToPublish {
    /// Reads the parameter of a programme with its history.
    pub async fn load(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<DaysToPublish> {
        Ok(DaysToPublish(parameter::store::of_code(connection, programme_id, Code::BudgetDisclosureDays).await?))
    }

    /// The deadline of what arises on a day; BAD_USER_INPUT for a time before there was any.
    pub fn deadline(&self, arises_on: NaiveDate) -> ApiResult<Deadline> {
        let parameters = InForce::on(self.0.clone(), arises_on);
        if !parameters.has(Code::BudgetDisclosureDays) {
            return Err(parameter::not_in_force(Code::BudgetDisclosureDays, arises_on));
        }
        Ok(Deadline::new(arises_on, parameters.count(Code::BudgetDisclosureDays)?))
    }
}

/// What is to be published after a quarter by what a form says, with the day of publication.
pub fn expected(period: &Period, told: &BTreeMap<Document, Told>) -> Vec<(Document, NaiveDate, Option<NaiveDate>)> {
    let of_quarter = Document::ALL.iter().filter(|document| is_told_in(**document, period.number));
    of_quarter
        .filter_map(|document| {
            let said = told.get(document);
            let arises = arises_on(*document, period, said.and_then(|said| said.decided_on))?;
            Some((*document, arises, said.and_then(|said| said.published_on)))
        })
        .collect()
}

/// The quarter whose form a document belongs in.
fn belongs_in(document: Document) -> u32 {
    (1..=4).find(|quarter| is_told_in(document, *quarter)).unwrap_or(1)
}

/// What is wrong about one document: it belongs to another quarter, its decision is of another time, or it is said to be
/// published before there was anything to publish.
fn check(period: &Period, template: &Template, document: Document, told: &Told) -> ApiResult<Vec<CellFault>> {
    let at = |field| place_of(template, document, field);
    let published_at = at("publishedOn")?;
    if !is_told_in(document, period.number) {
        // The cell that is given: whichever there is.
        let place = match (told.published_on, told.decided_on) {
            (Some(_), _) => published_at,
            (None, Some(_)) => at("decidedOn")?,
            (None, None) => at("place")?,
        };
        let belongs = format!("{}-Q{}", period.year, belongs_in(document));
        let message = Message::new("disclosure-other-quarter").with("period", belongs.as_str());
        let values = Some((belongs, period.code()));
        return Ok(vec![CellFault { place, code: UserErrorCode::WrongPeriod, message, values }]);
    }
    let mut faults = Vec::new();
    let days =
        if document == Document::Estimate { decision_days(period.year) } else { Some((period.start, period.end)) };
    if let (Some(decided), Some((first, last))) = (told.decided_on, days)
        && !(first..=last).contains(&decided)
    {
        let message = Message::new("disclosure-decision-day")
            .with("first", first.to_string())
            .with("last", last.to_string())
            .with("given", decided.to_string());
        let values = Some((format!("{first}..{last}"), decided.to_string()));
        faults.push(CellFault { place: at("decidedOn")?, code: UserErrorCode::WrongPeriod, message, values });
    }
    // Without its decision, which the template asks for, nothing is known of the day.
    let arises = if is_of_decision(document) { told.decided_on } else { arises_on(document, period, None) };
    if let (Some(arises), Some(published)) = (arises, told.published_on)
        && published < arises
    {
        let message =
            Message::new("disclosure-too-early").with("from", arises.to_string()).with("given", published.to_string());
        let values = Some((arises.to_string(), published.to_string()));
        faults.push(CellFault { place: published_at, code: UserErrorCode::OutOfRange, message, values });
    }
    Ok(faults)
}

#[async_trait]
impl Beside for Disclosures {
    async fn faults(
        &self,
        tx: &DatabaseTransaction,
        programme_id: Uuid,
        period: &Period,
        cells: &Cells,
    ) -> ApiResult<Vec<CellFault>> {
        let (template, told, mut faults) = (template()?, told(cells)?, Vec::new());
        for (document, told) in &told {
            faults.extend(check(period, template, *document, told)?);
        }
        if faults.is_empty() {
            let days = DaysToPublish::load(tx, programme_id).await?;
            for (_, arises, _) in expected(period, &told) {
                days.deadline(arises)?;
            }
        }
        Ok(faults)
    }

    /// What is to be published and is not counts as not in time once the form is accepted.
    async fn warnings(
        &self,
        _tx: &DatabaseTransaction,
        row: &submission::Model,
        cells: &Cells,
    ) -> ApiResult<Vec<Warning>> {
        let (template, period) = (template()?, submissions::period_of(row)?);
        let mut found = Vec::new();
        for (document, _, published) in expected(&period, &told(cells)?) {
            if published.is_none() {
                let place = place_of(template, document, "publishedOn")?;
                let name = template.at(place).map(|(_, row, _)| row.named());
                let name = name.unwrap_or_else(|| MessageArg::from(document.as_str()));
                let message = Message::new("disclosure-not-published").with("document", name);
                found.push(Warning { code: WarningCode::NotPublished, message });
            }
        }
        Ok(found)
    }

    /// Always given: a unit that publishes nothing has something to publish all the same.
    async fn figures(&self, tx: &DatabaseTransaction, row: &submission::Model, cells: &Cells) -> ApiResult<Figures> {
        let period = submissions::period_of(row)?;
        let days = DaysToPublish::load(tx, row.programme_id).await?;
        let (mut due, mut published, mut in_time) = (0, 0, 0);
        for (_, arises, on) in expected(&period, &told(cells)?) {
            due += 1;
            if let Some(on) = on {
                published += 1;
                in_time += i64::from(days.deadline(arises)?.met(on));
            }
        }
        Ok(MEASURES.into_iter().zip([Some(due), Some(published), Some(in_time)]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::period::Calendar;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn quarter(code: &str) -> Period {
        Period::parse(Calendar::BudgetYear, code).unwrap()
    }

    #[test]
    fn every_document_has_its_cells() {
        for document in Document::ALL {
            for field in ["publishedOn", "place"] {
                assert!(place_of(template().unwrap(), *document, field).is_ok(), "{document}/{field}");
            }
            assert_eq!(place_of(template().unwrap(), *document, "decidedOn").is_ok(), is_of_decision(*document));
        }
    }

    #[test]
    fn cells_are_read_as_what_is_told() {
        let template = template().unwrap();
        let cell = |document, field, text: &str| {
            (place_of(template, document, field).unwrap(), Content::Text(text.to_owned()))
        };
        let cells = Cells::from([
            cell(Document::Changes, "decidedOn", "2026-05-10"),
            cell(Document::HalfYear, "publishedOn", "2026-07-14"),
            cell(Document::HalfYear, "place", "https://anbien.haiphong.gov.vn/ngan-sach"),
        ]);
        let told = told(&cells).unwrap();
        assert_eq!(told.keys().copied().collect::<Vec<_>>(), [Document::Changes, Document::HalfYear]);
        assert_eq!(told[&Document::Changes].decided_on, Some(day(5, 10)));
        let found = expected(&quarter("2026-Q2"), &told);
        assert_eq!(
            found,
            [
                (Document::Changes, day(5, 10), None),
                (Document::Quarter, day(6, 30), None),
                (Document::HalfYear, day(6, 30), Some(day(7, 14))),
            ]
        );
    }

    #[test]
    fn days_that_cannot_be_are_refused() {
        let codes = |period: &str, document, told: Told| -> Vec<&str> {
            let faults = check(&quarter(period), template().unwrap(), document, &told).unwrap();
            faults.iter().map(|fault| fault.code.as_str()).collect()
        };
        let published = |on| Told { published_on: Some(on), ..Told::default() };
        let decided = |on, published| Told { decided_on: Some(on), published_on: published, place: None };
        assert_eq!(codes("2026-Q1", Document::Quarter, published(day(3, 30))), ["OUT_OF_RANGE"]);
        assert_eq!(codes("2026-Q1", Document::Quarter, published(day(3, 31))), [""; 0]);
        assert_eq!(codes("2026-Q1", Document::HalfYear, published(day(7, 1))), ["WRONG_PERIOD"]);
        assert_eq!(codes("2026-Q2", Document::Estimate, decided(day(1, 5), None)), ["WRONG_PERIOD"]);
        assert_eq!(codes("2026-Q2", Document::Changes, decided(day(3, 31), None)), ["WRONG_PERIOD"]);
        assert_eq!(codes("2026-Q2", Document::Changes, decided(day(5, 10), Some(day(5, 9)))), ["OUT_OF_RANGE"]);
        assert_eq!(codes("2026-Q1", Document::Estimate, decided(day(1, 5), Some(day(1, 5)))), [""; 0]);
        let long_ago = NaiveDate::from_ymd_opt(2025, 6, 30).unwrap();
        assert_eq!(codes("2026-Q1", Document::Estimate, decided(long_ago, None)), ["WRONG_PERIOD"]);
    }
}
