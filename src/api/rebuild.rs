//! Recomputes every measure and indicator from the accepted forms and the registers: the result must equal
//! what is stored. Run by `reform-api rebuild-measures`.

use entity::organisation::programme;
use sea_orm::{DatabaseTransaction, EntityTrait, QueryOrder};

use access::{Action, Permit};
use apparatus::staffing;
use base::indicator::SourceKind;
use base::indicator::service;
use base::indicator::service::Difference;
use base::indicator::store::{NewValue, Span};
use base::{indicator, organisation};
use digital::dataset;
use finance::{asset, autonomy, reform_budget};
use forms::workflow;
use kernel::error::ApiResult;
use kit::app::App;
use kit::audit::Entry;
use procedures::{procedure, simplification};
use spending::{budget, investment};

/// Rebuilds the figures of every programme; only checks when told so. Answers every difference found.
pub async fn rebuild(app: &App, check_only: bool) -> ApiResult<Vec<Difference>> {
    let tx = app.db.begin().await?;
    let mut found = Vec::new();
    for programme in programme::Entity::find().order_by_asc(programme::Column::Code).all(&tx).await? {
        found.extend(rebuild_one(app, &tx, &programme, check_only).await?);
    }
    if check_only {
        tx.rollback().await?;
    } else {
        tx.commit().await?;
    }
    Ok(found)
}

async fn rebuild_one(
    app: &App,
    tx: &DatabaseTransaction,
    programme: &programme::Model,
    check_only: bool,
) -> ApiResult<Vec<Difference>> {
    let root = organisation::store::root_of(tx, programme.id).await?;
    let permit = Permit::for_console(Action::RebuildMeasures, root.id);
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    let expected = expected_values(app, tx, programme).await?;
    let differences = service::rebuild(tx, &app.clock, &permit, programme.id, expected, check_only).await?;
    if !check_only && !differences.is_empty() {
        let entry = Entry {
            record_kind: "programme",
            record_id: Some(programme.id),
            programme_id: Some(programme.id),
            after: Some(serde_json::json!({ "differences": differences.len() })),
            ..Entry::default()
        };
        kit::audit::record(tx, &app.clock, "rebuild-measures", &permit, entry).await?;
    }
    Ok(differences)
}

async fn expected_values(
    app: &App,
    tx: &DatabaseTransaction,
    programme: &programme::Model,
) -> ApiResult<Vec<NewValue>> {
    let mut expected = Vec::new();
    for row in workflow::store::all_accepted(tx, programme.id).await? {
        let period = workflow::store::period_of(&row)?;
        let form = app.forms.get(workflow::store::form_of(&row)?)?;
        for (measure, value) in form.figures(tx, &row).await? {
            // What a submission does not give is no figure: none is expected, and one that is stored is too much.
            let Some(value) = value else { continue };
            expected.push(NewValue {
                organisation_id: row.organisation_id,
                measure_code: measure.to_owned(),
                span: Span::period(&period),
                value: Some(value),
                source_kind: SourceKind::Submission,
                source_id: Some(row.id),
            });
        }
    }
    let procedures = procedure::store::all(tx, programme.id).await?;
    let reviews = simplification::store::counted(tx, programme.id).await?;
    let staffing = staffing::service::figures(tx, programme).await?;
    let legal = legal::service::figures(tx, programme.id).await?;
    let autonomy = autonomy::service::figures(tx, programme.id).await?;
    let assets = asset::service::figures(tx, programme.id).await?;
    let digital = digital::system::service::figures(tx, programme.id).await?;
    let datasets = dataset::figures::figures(&dataset::store::counted(tx, programme.id).await?);
    let registers = [
        procedure::figures::figures(&procedures),
        simplification::sums::figures(&reviews),
        staffing,
        legal,
        autonomy,
        assets,
        digital,
        datasets,
    ];
    let by_day = registers.into_iter().flatten();
    let by_day = by_day.map(|(id, measure, day, value)| (id, measure, Span::day(day), value));
    let budget = budget::service::figures(tx, programme.id, None).await?;
    let investment = investment::service::figures(tx, programme.id, None).await?;
    let reform_budget = reform_budget::service::figures(tx, programme.id, None).await?;
    let by_period = budget.into_iter().chain(investment).chain(reform_budget);
    let by_period = by_period.map(|(id, measure, period, value)| (id, measure, Span::period(&period), value));
    expected.extend(by_day.chain(by_period).map(|(organisation_id, measure, span, value)| NewValue {
        organisation_id,
        measure_code: measure.to_owned(),
        span,
        value: Some(value),
        source_kind: SourceKind::Register,
        source_id: None,
    }));
    Ok(expected)
}
