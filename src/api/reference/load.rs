//! Brings the database to what reference data says: the store of this room.
//!
//! Creates what is missing, changes what differs, deletes nothing, all in one transaction; a second run finds
//! nothing to do. What people decide through the API stays theirs: assignments of leads are entered only
//! where a target or a task has none at all, ended ones included.
//!
//! Two things are more than a row. A formula is replaced as a whole, terms that the file no longer has
//! included; figures that were computed by the old one wait for `rebuild-measures`. And an organisation does
//! not move: what stood elsewhere is a new organisation with a successor entry.

mod indicators;
mod organisations;
mod plan;

use sea_orm::DatabaseTransaction;
use serde_json::json;

use super::files::Reference;
use super::writer::Writer;
use access::{Action, Permit};
use indicators::{load_indicators, load_measures, load_terms};
use kernel::error::{ApiError, ApiResult};
use kit::app::{App, conflict_or_fault};
use kit::audit::Entry;
use organisations::{load_organisations, load_programme, load_successors};
use plan::{load_areas, load_leads, load_obligations, load_targets, load_tasks};

/// What loading came to, in rows of all tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loaded {
    /// How many were new.
    pub created: usize,
    /// How many were changed.
    pub changed: usize,
    /// How many were as the files say already, or are people's to decide.
    pub unchanged: usize,
}

/// Loads reference data: creates what is missing, changes what differs, deletes nothing; a second run changes
/// nothing. One transaction, journaled when something changed.
pub async fn load(app: &App, reference: &Reference) -> ApiResult<Loaded> {
    let tx = app.db.begin().await?;
    match in_transaction(app, &tx, reference).await {
        Ok(loaded) => {
            tx.commit().await.map_err(conflict_or_fault)?;
            Ok(loaded)
        }
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}

async fn in_transaction(app: &App, tx: &DatabaseTransaction, reference: &Reference) -> ApiResult<Loaded> {
    let mut writer = Writer::new(tx);
    let programme_id = load_programme(app, &mut writer, reference).await?;
    let ids = load_organisations(app, &mut writer, reference, programme_id).await?;
    load_successors(&mut writer, reference, &ids).await?;
    load_areas(app, &mut writer, reference, programme_id).await?;
    load_targets(app, &mut writer, reference, programme_id).await?;
    load_tasks(app, &mut writer, reference, programme_id).await?;
    load_leads(app, &mut writer, reference, programme_id, &ids).await?;
    load_obligations(app, &mut writer, reference, programme_id, &ids).await?;
    load_measures(&mut writer, reference).await?;
    load_indicators(&mut writer, reference).await?;
    load_terms(&mut writer, reference).await?;
    super::parameters::load(app, &mut writer, &reference.parameters, programme_id).await?;
    super::budget_codes::load(app, &mut writer, &reference.budget_codes).await?;
    if writer.loaded.created + writer.loaded.changed > 0 {
        let root = reference.root().ok_or_else(|| ApiError::internal("a programme without organisations"))?;
        let permit = Permit::for_console(Action::LoadReferenceData, ids.of(&root.code)?);
        let entry = Entry {
            record_kind: "programme",
            record_id: Some(programme_id),
            programme_id: Some(programme_id),
            reason: None,
            before: (!writer.before.is_empty()).then(|| json!(writer.before)),
            after: Some(json!({ "created": writer.created, "changed": writer.after })),
        };
        kit::audit::record(tx, &app.clock, "reference-data", &permit, entry).await?;
        // The files may bring public service units, or end them: what is counted of their autonomy changes with them.
        base::indicator::store::lock_programme(tx, &permit, programme_id).await?;
        finance::autonomy::service::project(&app.clock, tx, &permit, programme_id).await?;
    }
    Ok(writer.loaded)
}
