//! Which sums of a confidential form are shown to those outside: what `templates::rules::disclosure` decides, from what was
//! accepted. The same for the figures of indicators, which carry the answer, and for consolidated forms.

pub mod store;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use entity::organisation::organisation;
use entity::parameter::parameter;
use entity::programme::reporting_obligation;
use entity::workflow::submission;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::parameter::Code;
use crate::parameter::rules::{InForce, holds_on};
use kernel::error::ApiResult;
use kernel::form::State;
use kernel::period::{Period, PeriodKind};
use templates::Confidentiality;
use templates::definition::Template;
use templates::rules::Cells;
use templates::rules::disclosure::{Disclosed, Reporter, Reports, disclose};

/// The periods beside one: what is shown of them is held against what is shown of it.
pub fn beside(period: &Period) -> Vec<Period> {
    let next = |year: i32, number: u32| Period::generate(period.calendar, period.kind, year, number);
    let candidates = [
        period.previous(),
        period.same_last_year(),
        next(period.year + 1, period.number),
        next(period.year, period.number + 1).or_else(|| next(period.year + 1, 1)),
    ];
    let mut found: Vec<Period> = Vec::new();
    for one in candidates.into_iter().flatten() {
        if one.code() != period.code() && !found.iter().any(|known| known.code() == one.code()) {
            found.push(one);
        }
    }
    found
}

/// The accepted forms of a programme, as far as what is shown of some periods depends on them.
pub struct Disclosures {
    template: &'static Template,
    thresholds: Vec<parameter::Model>,
    obligations: Vec<reporting_obligation::Model>,
    /// Units that are no more, and the last day on which they were.
    ended: HashMap<Uuid, NaiveDate>,
    /// Accepted and superseded, the first edition first.
    submissions: Vec<submission::Model>,
    cells: HashMap<Uuid, Cells>,
}

impl Disclosures {
    /// Loads what the answers about some periods need: five statements, whatever they are.
    pub async fn load(
        connection: &impl ConnectionTrait,
        programme_id: Uuid,
        template: &'static Template,
        periods: &[Period],
    ) -> ApiResult<Disclosures> {
        let submissions = submission::Entity::find()
            .filter(submission::Column::ProgrammeId.eq(programme_id))
            .filter(submission::Column::Form.eq(template.code.as_str()))
            .filter(submission::Column::State.is_in([State::Accepted.as_str(), State::Superseded.as_str()]))
            .order_by_asc(submission::Column::Edition)
            .order_by_asc(submission::Column::Id)
            .all(connection)
            .await?;
        let obligations = reporting_obligation::Entity::find()
            .filter(reporting_obligation::Column::ProgrammeId.eq(programme_id))
            .filter(reporting_obligation::Column::Form.eq(template.code.as_str()))
            .all(connection)
            .await?;
        let ended = organisation::Entity::find()
            .filter(organisation::Column::ProgrammeId.eq(programme_id))
            .filter(organisation::Column::EffectiveTo.is_not_null())
            .all(connection)
            .await?;
        let thresholds = parameter::Entity::find()
            .filter(parameter::Column::ProgrammeId.eq(programme_id))
            .filter(parameter::Column::Code.eq(Code::SmallCellThreshold.as_str()))
            .all(connection)
            .await?;
        let wanted: HashSet<String> =
            periods.iter().flat_map(|period| [vec![*period], beside(period)].concat()).map(|one| one.code()).collect();
        let ids: Vec<Uuid> =
            submissions.iter().filter(|row| wanted.contains(&row.period_code)).map(|row| row.id).collect();
        Ok(Disclosures {
            template,
            thresholds,
            obligations,
            ended: ended.into_iter().filter_map(|row| Some((row.id, row.effective_to?))).collect(),
            cells: store::all(connection, template, &ids).await?,
            submissions,
        })
    }

    /// What may be shown of a period; none for one of a kind that nobody owes the form for, of which nothing is even
    /// said to be suppressed.
    pub fn of(&self, period: &Period) -> Option<Disclosed> {
        let obliged = self.obliged(period);
        if obliged.is_empty() || self.template.confidential != Some(Confidentiality::Sums) {
            return None;
        }
        // The threshold of the period's last day, so that a figure stays what it was when the threshold changes.
        let threshold = InForce::on(self.thresholds.iter().cloned(), period.end).number(Code::SmallCellThreshold);
        let (Ok(threshold), true) = (threshold, self.is_complete(period, &obliged)) else {
            return Some(Disclosed::default());
        };
        let neighbours: Vec<(Period, BTreeSet<Uuid>)> = beside(period)
            .into_iter()
            .filter(|one| {
                let obliged = self.obliged(one);
                !obliged.is_empty() && self.is_complete(one, &obliged)
            })
            .map(|one| (one, self.reporters(&one)))
            .collect();
        let here = self.reporters(period);
        let reporters = here.iter().map(|id| {
            let mut editions = self.editions(*id, period);
            Reporter {
                cells: editions.pop().unwrap_or_default(),
                earlier: editions,
                alone: !obliged.contains(id) || neighbours.iter().any(|(_, there)| !there.contains(id)),
            }
        });
        let gone = neighbours.iter().flat_map(|(one, there)| {
            let gone = there.difference(&here);
            gone.filter_map(|id| self.editions(*id, one).pop())
        });
        let reports = Reports { reporters: reporters.collect(), gone: gone.collect() };
        Some(disclose(self.template, threshold, &reports))
    }

    /// Who owes the form for a period of this kind.
    fn obliged(&self, period: &Period) -> HashSet<Uuid> {
        let owed = self.obligations.iter().filter(|row| {
            row.calendar == period.calendar.as_str()
                && row.period_kind == period.kind.as_str()
                && holds_on((row.effective_from, row.effective_to), period.end)
                && self.ended.get(&row.organisation_id).is_none_or(|last| *last >= period.end)
        });
        owed.map(|row| row.organisation_id).collect()
    }

    fn reporters(&self, period: &Period) -> BTreeSet<Uuid> {
        self.accepted(period).map(|row| row.organisation_id).collect()
    }

    fn accepted(&self, period: &Period) -> impl Iterator<Item = &submission::Model> {
        self.submissions.iter().filter(|row| is_for(row, period) && row.state == State::Accepted.as_str())
    }

    /// Whether all who owe the form for the period have it accepted, and nobody is counted by forms of shorter ones:
    /// what is shown does not grow unit by unit.
    fn is_complete(&self, period: &Period, obliged: &HashSet<Uuid>) -> bool {
        let here = self.reporters(period);
        let by_parts = self.submissions.iter().any(|row| {
            row.calendar == period.calendar.as_str()
                && row.period_kind != PeriodKind::AdHoc.as_str()
                && row.period_start >= period.start
                && row.period_end <= period.end
                && !here.contains(&row.organisation_id)
        });
        !by_parts && obliged.iter().all(|id| here.contains(id))
    }

    /// A unit's accepted editions for a period, the one that counts last.
    fn editions(&self, organisation_id: Uuid, period: &Period) -> Vec<Cells> {
        let rows = self.submissions.iter().filter(|row| row.organisation_id == organisation_id && is_for(row, period));
        let by_edition: BTreeMap<i32, Uuid> = rows.map(|row| (row.edition, row.id)).collect();
        by_edition.values().map(|id| self.cells.get(id).cloned().unwrap_or_default()).collect()
    }
}

fn is_for(row: &submission::Model, period: &Period) -> bool {
    row.calendar == period.calendar.as_str() && row.period_code == period.code()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::period::Calendar;

    #[test]
    fn periods_beside_one_are_those_before_and_after_it_and_of_the_years_around() {
        let codes = |code| -> Vec<String> {
            beside(&Period::parse(Calendar::Nd09, code).unwrap()).iter().map(Period::code).collect()
        };
        assert_eq!(codes("2026-H2"), ["2026-H1", "2025-H2", "2027-H2", "2027-H1"]);
        assert_eq!(codes("2026"), ["2025", "2027"]);
    }
}
