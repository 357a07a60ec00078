//! Writes of the dataset catalogue.

use chrono::NaiveDate;
use entity::dataset::{dataset, dataset_author, dataset_distribution, open_data_review};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use crate::dataset::DatasetState;
use crate::dataset::rules::{self, Description, Distribution};
use access::{Action, Permit};
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::text::{kept, unaccented};
use kit::app::conflict_or_fault;

/// Remembers that a person wrote in an edition or signed it.
pub async fn add_author(tx: &DatabaseTransaction, permit: &Permit, dataset_id: Uuid) -> ApiResult<()> {
    use dataset_author::Column;
    let author = dataset_author::ActiveModel { dataset_id: Set(dataset_id), person_id: Set(permit.person()?) };
    dataset_author::Entity::insert(author)
        .on_conflict(OnConflict::columns([Column::DatasetId, Column::PersonId]).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

fn lines<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    items.into_iter().map(str::trim).collect::<Vec<_>>().join("\n")
}

fn words<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for item in items {
        if !seen.contains(&item) {
            seen.push(item);
        }
    }
    seen.join(",")
}

/// The columns that a description fills. The rules have seen it: addresses can be read, numbers fit.
fn filled(given: &Description, publisher_id: Uuid) -> dataset::ActiveModel {
    let kept = |text: &Option<String>| Set(kept(text.as_deref()));
    let address = |given: &str| rules::identifier_address(given).unwrap_or_default();
    let keywords = lines(given.keywords.iter().map(String::as_str));
    let search = [&given.code, &given.title_vi, given.title_en.as_ref().unwrap_or(&String::new()), &keywords]
        .map(|text| unaccented(text));
    dataset::ActiveModel {
        publisher_id: Set(publisher_id),
        title_vi: Set(given.title_vi.trim().to_owned()),
        title_en: kept(&given.title_en),
        description_vi: Set(given.description_vi.trim().to_owned()),
        description_en: kept(&given.description_en),
        search_text: Set(search.join(" ")),
        theme: Set(given.theme.clone()),
        keywords: Set(keywords),
        contact_name: kept(&given.contact_name),
        contact_email: Set(given.contact_email.as_deref().and_then(rules::email)),
        contact_phone: Set(given.contact_phone.as_deref().and_then(rules::telephone)),
        issued_on: Set(given.issued_on),
        modified_on: Set(given.modified_on),
        frequency: Set(given.frequency.as_str().to_owned()),
        spatial: kept(&given.spatial),
        temporal_from: Set(given.temporal_from),
        temporal_to: Set(given.temporal_to),
        languages: Set(words(given.languages.iter().map(|language| language.as_str()))),
        licence: Set(given.licence.as_deref().map(address)),
        access: Set(given.access.as_str().to_owned()),
        conforms_to: Set(given.conforms_to.iter().map(|given| address(given)).collect::<Vec<_>>().join("\n")),
        legal_basis: kept(&given.legal_basis),
        data_class: Set(given.class.as_str().to_owned()),
        personal_data: Set(given.personal_data),
        records_total: Set(given.records_total),
        records_digitised: Set(given.records_digitised),
        integration_targets: Set(words(given.integration_targets.iter().map(|target| target.as_str()))),
        collected_once: Set(given.collected_once),
        source_system: kept(&given.source_system),
        ..Default::default()
    }
}

/// The next edition of a dataset of the permit's organisation.
#[derive(Debug, Clone, Copy)]
pub struct NewEdition {
    /// The programme.
    pub programme_id: Uuid,
    /// Who publishes it.
    pub publisher_id: Uuid,
    /// Its number.
    pub edition: i32,
}

/// Enters an edition.
pub async fn insert(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    new: NewEdition,
    given: &Description,
) -> ApiResult<dataset::Model> {
    debug_assert_eq!(permit.action, Action::SaveDataset);
    let now = clock.now();
    let row = dataset::ActiveModel {
        id: Set(clock.new_id()),
        programme_id: Set(new.programme_id),
        organisation_id: Set(permit.organisation_id),
        code: Set(given.code.clone()),
        edition: Set(new.edition),
        state: Set(DatasetState::Draft.as_str().to_owned()),
        entered_on: Set(clock.today()),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..filled(given, new.publisher_id)
    };
    let row = row.insert(tx).await.map_err(conflict_or_fault)?;
    add_author(tx, permit, row.id).await?;
    fill_distributions(tx, clock, row.id, &given.distributions).await?;
    Ok(row)
}

/// Changes an edition that is not published.
pub async fn update(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &dataset::Model,
    publisher_id: Uuid,
    given: &Description,
) -> ApiResult<dataset::Model> {
    debug_assert_eq!(permit.action, Action::SaveDataset);
    add_author(tx, permit, row.id).await?;
    dataset_distribution::Entity::delete_many()
        .filter(dataset_distribution::Column::DatasetId.eq(row.id))
        .exec(tx)
        .await?;
    fill_distributions(tx, clock, row.id, &given.distributions).await?;
    advance(tx, clock, permit, row, filled(given, publisher_id)).await
}

async fn fill_distributions(
    tx: &DatabaseTransaction,
    clock: &Clock,
    dataset_id: Uuid,
    given: &[Distribution],
) -> ApiResult<()> {
    if given.is_empty() {
        return Ok(());
    }
    let address = |given: &str| rules::web_address(given).unwrap_or_default();
    let rows = given.iter().zip(1..).map(|(one, position)| dataset_distribution::ActiveModel {
        id: Set(clock.new_id()),
        dataset_id: Set(dataset_id),
        position: Set(position),
        title: Set(kept(one.title.as_deref())),
        format: Set(one.format.map(|format| format.as_str().to_owned())),
        media_type: Set(one.media_type.as_deref().and_then(rules::media_type)),
        access_url: Set(address(&one.access_url)),
        download_url: Set(one.download_url.as_deref().map(address)),
        byte_size: Set(one.byte_size),
        issued_on: Set(one.issued_on),
        modified_on: Set(one.modified_on),
    });
    dataset_distribution::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes a change with the next version; CONFLICT when somebody else was first.
pub async fn advance(
    tx: &DatabaseTransaction,
    clock: &Clock,
    _permit: &Permit,
    row: &dataset::Model,
    mut change: dataset::ActiveModel,
) -> ApiResult<dataset::Model> {
    change.version = Set(row.version.saturating_add(1));
    change.updated_at = Set(clock.now());
    let changed = dataset::Entity::update_many()
        .set(change)
        .filter(dataset::Column::Id.eq(row.id))
        .filter(dataset::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}

/// Records that the list of open data was reviewed.
pub async fn insert_review(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    (reviewed_on, note): (NaiveDate, Option<String>),
) -> ApiResult<open_data_review::Model> {
    let row = open_data_review::ActiveModel {
        id: Set(clock.new_id()),
        programme_id: Set(programme_id),
        reviewed_on: Set(reviewed_on),
        note: Set(note),
        recorded_by: Set(permit.person()?),
        recorded_at: Set(clock.now()),
    };
    row.insert(tx).await.map_err(conflict_or_fault)
}
