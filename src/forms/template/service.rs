//! The use cases of forms that templates describe: saving, and consolidating.

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use chrono::NaiveDate;
use entity::organisation::{organisation, programme};
use entity::workflow::submission;
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::form::carried_in;
use crate::workflow::consolidation::{Consolidation, Missing, consolidate, kinds_inside, missing};
use crate::workflow::rules::exists_in;
use crate::workflow::saving::{Content, Place as Slot};
use crate::workflow::service::form_period;
use access::{Permit, Viewer};
use base::disclosure::Disclosures;
use base::disclosure::store;
use base::organisation as organisations;
use kernel::error::{ApiError, ApiResult};
use kernel::form::FormCode;
use kernel::period::Period;
use kernel::user_error::Outcome;
use kit::app::App;
use kit::plugged::Beside;
use templates::CellMode;
use templates::definition::{Place, Template};
use templates::rules;
use templates::rules::disclosure::Disclosed;
use templates::rules::{Accepted, Cells, GivenCell, ReadCells};

/// The cells of a draft as they are given.
pub struct DraftCells {
    /// What the form is.
    pub template: &'static Template,
    /// The cells.
    pub cells: Vec<GivenCell>,
    /// What becomes of the others.
    pub mode: CellMode,
    /// The day on which they are given.
    pub today: NaiveDate,
    /// What the form has beside what its template can say.
    pub beside: Option<&'static dyn Beside>,
}

/// What was asked for, without the template: the same request stays the same when the template's words change.
impl fmt::Debug for DraftCells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.mode, self.cells)
    }
}

/// Cells that were checked and may be written.
pub struct Prepared {
    before: Cells,
    after: Cells,
}

#[async_trait]
impl Content for DraftCells {
    type Prepared = Prepared;

    async fn prepare(&self, tx: &DatabaseTransaction, slot: &Slot) -> ApiResult<Outcome<Prepared>> {
        let before = match &slot.existing {
            Some(row) => store::one(tx, self.template, row.id).await?,
            None => Cells::new(),
        };
        let ReadCells { cells, indices, faulty, mut faults } = rules::read(self.template, &self.cells);
        let mut after = match self.mode {
            CellMode::Replace => Cells::new(),
            CellMode::Merge => before.clone(),
        };
        for (place, content) in cells {
            match content {
                Some(content) => after.insert(place, content),
                None => after.remove(&place),
            };
        }
        let (carried, _) = carried_in(tx, self.template, slot.organisation.id, &slot.period).await?;
        faults.extend(rules::check(self.template, &after, &indices, &faulty, carried.as_ref()));
        faults.extend(rules::check_days(self.template, &after, &indices, self.today));
        if let Some(beside) = self.beside {
            let found = beside.faults(tx, slot.programme_id, &slot.period, &after).await?;
            faults.extend(rules::at_cells(self.template, found, &indices));
        }
        if !faults.is_empty() {
            faults.sort_by_key(|fault| fault.line.unwrap_or(u32::MAX));
            return Ok(Outcome::Invalid(faults));
        }
        Ok(Outcome::Done(Prepared { before, after }))
    }

    async fn write(
        &self,
        tx: &DatabaseTransaction,
        permit: &Permit,
        row: &submission::Model,
        prepared: &Prepared,
    ) -> ApiResult<()> {
        store::replace(tx, permit, self.template, row.id, &prepared.after).await
    }

    fn changed(&self, prepared: &Prepared) -> (Json, Json) {
        let (mut was, mut is) = (Map::new(), Map::new());
        for change in rules::compare(self.template, &prepared.before, &prepared.after) {
            let sides = [(&mut was, change.before, change.before_text), (&mut is, change.after, change.after_text)];
            for (side, number, text) in sides {
                let value = number.map(Json::from).or_else(|| text.map(Json::from));
                if let (Some(value), Json::Object(line)) =
                    (value, side.entry(change.line_code.clone()).or_insert_with(|| Json::Object(Map::new())))
                {
                    line.insert(change.field.to_owned(), value);
                }
            }
        }
        (Json::Object(was), Json::Object(is))
    }
}

/// What is to be consolidated.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The form.
    pub form: FormCode,
    /// The period's code.
    pub period: String,
    /// The organisation's code; the programme's top when left out.
    pub organisation: Option<String>,
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
}

/// A form over an organisation with all below it, and a period.
pub struct Consolidated {
    /// The form.
    pub template: &'static Template,
    /// Whose.
    pub organisation: organisation::Model,
    /// The period.
    pub period: Period,
    /// What the figures are made of.
    pub sources: Consolidation,
    /// Who and what is missing, as far as the viewer may know it.
    pub missing: Missing,
    /// The numbers, by cell.
    pub values: BTreeMap<Place, i64>,
    /// The same period a year before, and what its figures are made of.
    pub last_year: Option<(Period, Consolidation)>,
    /// Its numbers, by cell.
    pub last_year_values: BTreeMap<Place, i64>,
    /// Which cells are shown of the period and of the year before; none where all are.
    pub disclosed: Option<(Disclosed, Disclosed)>,
}

/// Consolidates a form. Its figures are open to whoever sees the programme, as those of measures are; those of a
/// confidential form to whoever may read the forms that they are made of, and to others as far as they are disclosed,
/// of the whole programme alone. Texts are not consolidated. The statements do not depend on how many units report.
pub async fn consolidated(app: &App, viewer: &Viewer, wanted: &Wanted) -> ApiResult<Consolidated> {
    let template = templates::of(wanted.form)?;
    let connection = app.db.read();
    let programme = organisations::store::programme_by_code(connection, viewer, wanted.programme.as_deref()).await?;
    let organisation = match &wanted.organisation {
        Some(code) => organisations::store::by_code(connection, viewer, Some(&programme.code), code).await?,
        None => organisations::store::root_of(connection, programme.id).await?,
    };
    let period = consolidated_period(app, wanted)?;
    let of = async |period: &Period| consolidate(connection, programme.id, organisation.id, wanted.form, period).await;
    let mut sources = of(&period).await?;
    let mut last_year = match period.same_last_year() {
        Some(before) => Some((before, of(&before).await?)),
        None => None,
    };
    let both = || [Some(&sources), last_year.as_ref().map(|(_, sources)| sources)].into_iter().flatten();
    let ids: Vec<Uuid> = both().flat_map(Consolidation::accepted).map(|row| row.id).collect();
    let disclosed = disclosed(connection, viewer, template, &programme, &organisation, &period).await?;
    let cells = store::all(connection, template, &ids).await?;
    // A submission may say something of some of the form's blocks only: what makes the period up is chosen anew.
    let rolled = |sources: &mut Consolidation, period: &Period| {
        let accepted: Vec<Accepted<'_>> = sources
            .contributions
            .iter()
            .map(|one| one.accepted.iter().filter_map(|(days, row)| Some((*days, cells.get(&row.id)?))).collect())
            .collect();
        let (values, covers) = rules::roll_up(template, period, &accepted);
        for (one, cover) in sources.contributions.iter_mut().zip(covers) {
            one.chosen = cover.chosen.iter().filter_map(|days| one.accepted.get(days).cloned()).collect();
            one.missing =
                cover.missing.iter().filter(|part| exists_in(&one.organisation, part)).map(Period::code).collect();
        }
        values
    };
    let mut values = rolled(&mut sources, &period);
    let mut last_year_values = match &mut last_year {
        Some((before, sources)) => rolled(sources, before),
        None => BTreeMap::new(),
    };
    if let Some((now, before)) = &disclosed {
        values.retain(|place, _| now.shows(*place));
        last_year_values.retain(|place, _| before.shows(*place));
        // Who reported, and how often, is not said either.
        sources = Consolidation::default();
        last_year = last_year.map(|(period, _)| (period, Consolidation::default()));
    }
    let missing = missing(connection, viewer, &sources).await?;
    Ok(Consolidated {
        template,
        organisation,
        period,
        sources,
        missing,
        values,
        last_year,
        last_year_values,
        disclosed,
    })
}

/// What is shown of a form to a viewer: none where all is. Of a confidential form those outside find the whole
/// programme and nothing below it.
async fn disclosed(
    connection: &DatabaseConnection,
    viewer: &Viewer,
    template: &'static Template,
    programme: &programme::Model,
    organisation: &organisation::Model,
    period: &Period,
) -> ApiResult<Option<(Disclosed, Disclosed)>> {
    if template.confidential.is_none() {
        return Ok(None);
    }
    let upward = organisations::store::upward(connection, organisation.id).await?;
    let alone = !organisations::store::has_below(connection, organisation.id).await?;
    if viewer.is_inside(organisation.id, &upward, alone) {
        return Ok(None);
    }
    if organisations::store::root_of(connection, programme.id).await?.id != organisation.id {
        return Err(ApiError::not_found("kind-organisation", &organisation.code));
    }
    if !viewer.sees_sums() {
        return Ok(Some(Default::default()));
    }
    let periods: Vec<Period> = std::iter::once(*period).chain(period.same_last_year()).collect();
    let disclosures = Disclosures::load(connection, programme.id, template, &periods).await?;
    let of = |period: Option<&Period>| period.and_then(|period| disclosures.of(period)).unwrap_or_default();
    Ok(Some((of(Some(period)), of(period.same_last_year().as_ref()))))
}

/// A period of the form's calendar: one that it is submitted for, or a longer one that such periods make up.
fn consolidated_period(app: &App, wanted: &Wanted) -> ApiResult<Period> {
    let form = app.forms.get(wanted.form)?;
    let period = Period::parse(form.calendar(), &wanted.period)?;
    if kinds_inside(&period).iter().any(|kind| form.kinds().contains(kind)) {
        return Ok(period);
    }
    form_period(app, wanted.form, &wanted.period)
}
