//! Savings scores in the schema: the units' own points beside the appraised ones, and bands. The appraisal stands in
//! [`mutation`].

pub mod mutation;

use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::{Context, Result};
use chrono::{DateTime, Utc};
use entity::savings::savings_appraisal;
use entity::workflow::submission;
use uuid::Uuid;

use super::rules::{self, Own, Scale, shown};
use super::service::{self, Bands, totals};
use super::store::{self, Rounds};
use super::{SavingsBand, SavingsComponent, form};
use access::Caller;
use access::policy::{Action, Subject};
use base::account::graphql::{Person, load_person};
use base::indicator::rate::Rate;
use base::organisation::graphql::{Organisation, load_required, upward};
use base::organisation::store as organisations;
use forms::workflow::graphql::Submission;
use forms::workflow::rules::from_states;
use forms::workflow::service::wrong_state;
use forms::workflow::store as submissions;
use kernel::error::ApiResult;
use kernel::form::{FormCode, State};
use kit::allowed::{AllowedAction, of_record};
use kit::connection::{Rows, connection, page};
use kit::context::{ContextExt, or_null};
use kit::scalar::Count;

/// How many appraisals of a form are answered, the last ones.
const MAX_ROUNDS: usize = 20;

/// What a component of a score is given (điểm theo thành phần), in hundredths of a point: 3950 is 39.50 points.
#[derive(Debug, Clone, rows::RowObject)]
pub struct SavingsComponentScore {
    /// The component (thành phần).
    pub component: SavingsComponent,
    /// What the unit gives itself (điểm tự chấm).
    pub own_points: Count,
    /// What the finance division gives it (điểm thẩm định); null until the form is appraised as it stands.
    pub points: Option<Count>,
    /// The most that there is to get (điểm tối đa).
    pub maximum: Count,
    /// Why the division gives other points (lý do); null where it gives the same.
    pub reason: Option<String>,
}

fn component_score(row: &savings_appraisal::Model) -> ApiResult<SavingsComponentScore> {
    Ok(SavingsComponentScore {
        component: SavingsComponent::from_str(&row.component)?,
        own_points: Count(row.own_points),
        points: Some(Count(row.points)),
        maximum: Count(row.maximum),
        reason: row.reason.clone(),
    })
}

fn in_order(mut scores: Vec<SavingsComponentScore>) -> Vec<SavingsComponentScore> {
    scores.sort_by_key(|score| score.component);
    scores
}

/// One appraisal of a score (lần thẩm định). Never changed: another sets it right.
pub struct SavingsAppraisal(Vec<savings_appraisal::Model>);

/// One appraisal of a score (lần thẩm định). Never changed: another sets it right.
#[rows::row_object]
impl SavingsAppraisal {
    /// The form's version that came of it.
    fn version(&self) -> i32 {
        self.0.first().map_or(0, |row| row.version)
    }

    /// Its points, in hundredths (tổng điểm thẩm định).
    fn points(&self) -> Count {
        Count(totals(&self.0).0)
    }

    /// By component.
    fn components(&self) -> Result<Vec<SavingsComponentScore>> {
        Ok(in_order(self.0.iter().map(component_score).collect::<ApiResult<_>>()?))
    }

    /// Who appraised (người thẩm định).
    async fn appraised_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        let id = self.0.first()?.appraised_by;
        or_null(load_person(ctx, id).await)
    }

    /// When.
    fn appraised_at(&self) -> Option<DateTime<Utc>> {
        self.0.first().map(|row| row.appraised_at)
    }
}

/// A unit's score of saving recurrent expenditure in a budget year (điểm tiết kiệm chi thường xuyên).
pub struct SavingsScore {
    row: Arc<submission::Model>,
    own: Own,
    rounds: Rounds,
    scale: Arc<Scale>,
    written_by_caller: bool,
}

impl SavingsScore {
    fn state(&self) -> ApiResult<State> {
        submissions::state_of(&self.row)
    }

    /// The appraisal that counts: the last, where it is of the form as it stands.
    fn current(&self) -> ApiResult<Option<&Vec<savings_appraisal::Model>>> {
        let state = self.state()?;
        let last = self.rounds.last_key_value();
        let current = last.filter(|(version, _)| rules::is_current(state, self.row.version, **version));
        Ok(current.map(|(_, round)| round))
    }

    /// The appraised points and the most that there were to get.
    fn appraised(&self) -> ApiResult<Option<(i64, i64)>> {
        Ok(self.current()?.map(|round| totals(round)))
    }

    fn most(&self) -> i64 {
        self.scale.maxima(self.own.has_subordinates).values().sum()
    }
}

/// A unit's score of saving recurrent expenditure in a budget year (điểm tiết kiệm chi thường xuyên): its own points and,
/// beside them, those of the finance division, which decide. Points are whole hundredths: 3950 is 39.50 points.
#[rows::row_object]
impl SavingsScore {
    /// Whose (đơn vị).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.row.organisation_id).await?)
    }

    /// The budget year (năm ngân sách).
    fn fiscal_year(&self) -> Result<i32> {
        Ok(form::year_of_row(&self.row)?)
    }

    /// The form that it stands in, with its edition, version and state.
    fn submission(&self) -> Submission {
        Submission(Arc::clone(&self.row))
    }

    /// Whether the form is appraised as it stands (đã thẩm định). A form that is sent again is to be appraised again.
    fn is_appraised(&self) -> Result<bool> {
        Ok(self.current()?.is_some())
    }

    /// What the unit gives itself (tổng điểm tự chấm).
    fn own_points(&self) -> Count {
        Count(self.own.total())
    }

    /// What the finance division gives it (tổng điểm thẩm định); null until the form is appraised as it stands.
    fn points(&self) -> Result<Option<Count>> {
        Ok(self.appraised()?.map(|(points, _)| Count(points)))
    }

    /// The same as people read it, such as `39.50`.
    fn points_shown(&self) -> Result<Option<String>> {
        Ok(self.appraised()?.map(|(points, _)| shown(points)))
    }

    /// The most that the unit can get (tổng điểm tối đa): less where it has no subordinate estimate units, which is not
    /// verified.
    fn maximum(&self) -> Result<Count> {
        Ok(Count(self.appraised()?.map_or_else(|| self.most(), |(_, maximum)| maximum)))
    }

    /// The appraised points over the most (tỷ lệ điểm); null until the form is appraised.
    fn share(&self) -> Result<Option<Rate>> {
        Ok(self.appraised()?.map(|(points, maximum)| Rate::new(points, maximum)))
    }

    /// The band (xếp loại), by the exact share; null until the form is appraised. It counts once the form is accepted.
    fn band(&self) -> Result<Option<SavingsBand>> {
        Ok(self.appraised()?.and_then(|(points, maximum)| self.scale.band(points, maximum)))
    }

    /// By component: those that the unit gets points for (các thành phần).
    fn components(&self) -> Result<Vec<SavingsComponentScore>> {
        if let Some(round) = self.current()? {
            return Ok(in_order(round.iter().map(component_score).collect::<ApiResult<_>>()?));
        }
        let maxima = self.scale.maxima(self.own.has_subordinates);
        Ok(maxima
            .into_iter()
            .map(|(component, maximum)| SavingsComponentScore {
                component,
                own_points: Count(self.own.of(component)),
                points: None,
                maximum: Count(maximum),
                reason: None,
            })
            .collect())
    }

    /// The appraisals of this edition (các lần thẩm định), the last first; 20 at most.
    fn appraisals(&self) -> Vec<SavingsAppraisal> {
        self.rounds.values().rev().take(MAX_ROUNDS).cloned().map(SavingsAppraisal).collect()
    }

    /// Whether the caller may appraise it now, and if not, why: from the same table that enforces it. What may be done with
    /// the form: `submission { allowedActions }`.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        let id = self.row.organisation_id;
        let (upward, organisation) = futures_util::try_join!(upward(ctx, id), load_required(ctx, id))?;
        let subject = Subject {
            organisation_id: id,
            upward: &upward,
            standing_body: organisation.0.standing_body,
            written_by_caller: self.written_by_caller,
            form: None,
        };
        let action = Action::AppraiseSavingsScore;
        let mut decided = of_record(&ctx.request()?.caller, &[action], &subject, ctx.language());
        let state = self.state()?;
        if !from_states(action).contains(&state) {
            for one in decided.iter_mut().filter(|one| one.allowed) {
                one.allowed = false;
                one.reason = Some(wrong_state(action, state).message.render(ctx.language()));
            }
        }
        Ok(decided)
    }
}

connection! {
    /// A page of savings scores.
    SavingsScoreConnection, SavingsScoreEdge, SavingsScore
}

/// How many units of a band there are (số đơn vị theo xếp loại).
#[derive(rows::RowObject)]
pub struct SavingsBandShare {
    /// The band (xếp loại).
    pub band: SavingsBand,
    /// How many units (số đơn vị).
    pub units: Count,
    /// Over all units whose score is accepted (tỷ lệ).
    pub share: Rate,
}

/// The accepted scores of a budget year by band (tổng hợp xếp loại).
pub struct SavingsBands {
    year: i32,
    bands: Bands,
}

/// The accepted scores of a budget year by band (tổng hợp xếp loại), of an organisation and all below it.
#[rows::row_object]
impl SavingsBands {
    /// Whose, and of all below it.
    fn organisation(&self) -> Organisation {
        Organisation(Arc::new(self.bands.organisation.clone()))
    }

    /// The budget year (năm ngân sách).
    fn fiscal_year(&self) -> i32 {
        self.year
    }

    /// Every band, the best first.
    fn bands(&self) -> Vec<SavingsBandShare> {
        let all = self.bands.units.values().sum();
        let share = |(band, units): (&SavingsBand, &i64)| SavingsBandShare {
            band: *band,
            units: Count(*units),
            share: Rate::new(*units, all),
        };
        self.bands.units.iter().map(share).collect()
    }

    /// All appraised points over the most that the same units could get: never an average of rates.
    fn share(&self) -> Rate {
        Rate::new(self.bands.points, self.bands.maximum)
    }

    /// How many units owe a score and have none accepted (số đơn vị chưa được duyệt).
    fn missing(&self) -> Count {
        Count(i64::try_from(self.bands.missing).unwrap_or(i64::MAX))
    }
}

/// Puts scores together from their forms: three statements, however many there are.
async fn scores(ctx: &Context<'_>, programme_id: Uuid, year: i32, rows: &[submission::Model]) -> ApiResult<Batch> {
    let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let written = match &ctx.request()?.caller {
        Caller::Person(person) => submissions::writer_of(connection, &ids, person.person_id).await?,
        _ => HashSet::new(),
    };
    // The rows were found as the viewer; so their cells are his to see.
    let cells = base::disclosure::store::all(connection, templates::of(FormCode::SavingsScore)?, &ids).await?;
    let own = cells.iter().map(|(id, cells)| Ok((*id, form::own(cells)?))).collect::<ApiResult<_>>()?;
    let rounds = store::rounds(connection, &viewer, &ids).await?;
    let scale = Arc::new(form::scale(connection, programme_id, year).await?);
    Ok(Batch { own, rounds, scale, written })
}

struct Batch {
    own: HashMap<Uuid, Own>,
    rounds: HashMap<Uuid, Rounds>,
    scale: Arc<Scale>,
    written: HashSet<Uuid>,
}

impl Batch {
    fn of(&self, row: submission::Model) -> SavingsScore {
        SavingsScore {
            own: self.own.get(&row.id).cloned().unwrap_or_default(),
            rounds: self.rounds.get(&row.id).cloned().unwrap_or_default(),
            scale: Arc::clone(&self.scale),
            written_by_caller: self.written.contains(&row.id),
            row: Arc::new(row),
        }
    }
}

/// Reading savings scores.
#[derive(Default)]
pub struct SavingsQuery;

/// Reading savings scores.
#[rows::row_object]
impl SavingsQuery {
    /// The savings scores of a budget year (điểm tiết kiệm chi thường xuyên của các đơn vị) whose forms the caller may
    /// read.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn savings_scores(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The budget year (năm ngân sách).")] fiscal_year: i32,
        #[graphql(desc = "Only of the unit of this code.")] organisation: Option<String>,
        #[graphql(desc = "Only those in these states; SUBMITTED and ACCEPTED when left out.")] states: Option<
            Vec<State>,
        >,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<SavingsScoreConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let period = form::year_of(fiscal_year)?;
        let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
        let states = states.unwrap_or_else(|| vec![State::Submitted, State::Accepted]);
        let filter = submissions::Filter {
            programme_id: Some(programme.id),
            organisation_id: organisations::id_of(connection, &viewer, Some(&programme.code), organisation.as_deref())
                .await?,
            form: Some(FormCode::SavingsScore),
            period_code: Some(period.code()),
            states,
        };
        let slice = submissions::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        let rows: Vec<submission::Model> = slice.rows.iter().map(|(_, row)| row.clone()).collect();
        let batch = scores(ctx, programme.id, fiscal_year, &rows).await?;
        Ok(SavingsScoreConnection(Rows::of(slice, |row| batch.of(row))))
    }

    /// The accepted scores of a budget year by band (tổng hợp xếp loại tiết kiệm), open to everybody who sees the
    /// programme.
    async fn savings_bands(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The budget year (năm ngân sách).")] fiscal_year: i32,
        #[graphql(desc = "The organisation's code; the programme's top when left out.")] organisation: Option<String>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Result<SavingsBands> {
        let whose = (programme.as_deref(), organisation.as_deref());
        let bands = service::bands(ctx.app()?.db.read(), &ctx.viewer()?, whose, fiscal_year).await?;
        Ok(SavingsBands { year: fiscal_year, bands })
    }
}
