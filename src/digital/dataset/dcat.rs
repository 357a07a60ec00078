//! The catalogue as W3C DCAT 3 in JSON-LD 1.1: published open datasets alone, for everybody to read.
//!
//! The context stands in the document, so that nobody needs the network to read it. Resources are named by the address
//! they are served at ([`Place`]); what has no address of its own is a fragment of one, or a blank node. A page of a
//! long catalogue says so in the terms of Hydra.

use std::collections::HashMap;

use entity::dataset::{dataset, dataset_distribution};
use entity::organisation::{organisation, programme};
use sea_orm::ConnectionTrait;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::store::{self, Reading, items};
use super::{DatasetFormat, DatasetLanguage, UpdateFrequency, themes};
use access::Viewer;
use base::organisation::store as organisations;
use kernel::error::{ApiError, ApiResult, ErrorCode};
use kernel::faults::{is_code, shown};
use kernel::i18n::Message;

/// The most datasets of one page: what a page holds in memory is bounded by it, for every text is.
pub const PAGE: u64 = 100;

/// The vocabulary of frequencies, languages, file types and access rights.
const AUTHORITY: &str = "http://publications.europa.eu/resource/authority";

/// Where a programme's catalogue is.
#[derive(Debug, Clone)]
pub struct Place {
    base: String,
    programme: String,
}

impl Place {
    /// Below the public address of the server, which has no slash at its end.
    pub fn new(base: &str, programme: &str) -> Place {
        Place { base: base.to_owned(), programme: programme.to_owned() }
    }

    fn catalogue(&self) -> String {
        format!("{}/dcat/{}/catalog.jsonld", self.base, self.programme)
    }

    fn page(&self, after: Option<&str>) -> String {
        match after {
            Some(after) => format!("{}?after={after}", self.catalogue()),
            None => self.catalogue(),
        }
    }

    fn dataset(&self, code: &str) -> String {
        format!("{}/dcat/{}/dataset/{code}", self.base, self.programme)
    }

    fn organisation(&self, code: &str) -> String {
        format!("{}#{code}", self.catalogue())
    }
}

fn context() -> Json {
    let iri = |id: &str| json!({ "@id": id, "@type": "@id" });
    let day = |id: &str| json!({ "@id": id, "@type": "xsd:date" });
    let text = |id: &str| json!({ "@id": id, "@container": "@language" });
    json!({
        "@version": 1.1,
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "hydra": "http://www.w3.org/ns/hydra/core#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "vcard": "http://www.w3.org/2006/vcard/ns#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "title": text("dct:title"),
        "description": text("dct:description"),
        "keyword": text("dcat:keyword"),
        "label": text("rdfs:label"),
        "name": text("foaf:name"),
        "identifier": "dct:identifier",
        "version": "dcat:version",
        "publisher": "dct:publisher",
        "language": iri("dct:language"),
        "license": iri("dct:license"),
        "accessRights": iri("dct:accessRights"),
        "accrualPeriodicity": iri("dct:accrualPeriodicity"),
        "conformsTo": iri("dct:conformsTo"),
        "format": iri("dct:format"),
        "spatial": "dct:spatial",
        "temporal": "dct:temporal",
        "issued": day("dct:issued"),
        "modified": day("dct:modified"),
        "startDate": day("dcat:startDate"),
        "endDate": day("dcat:endDate"),
        "theme": iri("dcat:theme"),
        "themeTaxonomy": iri("dcat:themeTaxonomy"),
        "contactPoint": "dcat:contactPoint",
        "dataset": "dcat:dataset",
        "distribution": "dcat:distribution",
        "accessURL": iri("dcat:accessURL"),
        "downloadURL": iri("dcat:downloadURL"),
        "mediaType": iri("dcat:mediaType"),
        "byteSize": { "@id": "dcat:byteSize", "@type": "xsd:nonNegativeInteger" },
        "fn": "vcard:fn",
        "hasEmail": iri("vcard:hasEmail"),
        "hasTelephone": iri("vcard:hasTelephone"),
        "view": "hydra:view",
        "first": iri("hydra:first"),
        "next": iri("hydra:next"),
    })
}

fn frequency(frequency: UpdateFrequency) -> String {
    use UpdateFrequency as F;
    let word = match frequency {
        F::Continuous => "UPDATE_CONT",
        F::Semiannual => "ANNUAL_2",
        F::Irregular => "IRREG",
        F::Daily
        | F::Weekly
        | F::Biweekly
        | F::Monthly
        | F::Bimonthly
        | F::Quarterly
        | F::Annual
        | F::Biennial
        | F::Triennial
        | F::Never => frequency.as_str(),
    };
    format!("{AUTHORITY}/frequency/{word}")
}

fn language(language: DatasetLanguage) -> String {
    let word = match language {
        DatasetLanguage::Vi => "VIE",
        DatasetLanguage::En => "ENG",
    };
    format!("{AUTHORITY}/language/{word}")
}

/// A text in one language or two.
fn texts(vi: &str, en: Option<&str>) -> Json {
    match en {
        Some(en) => json!({ "vi": vi, "en": en }),
        None => json!({ "vi": vi }),
    }
}

fn agent(place: &Place, row: &organisation::Model) -> Json {
    json!({ "@id": place.organisation(&row.code), "@type": "foaf:Agent", "name": texts(&row.name_vi, Some(&row.name_en)) })
}

/// Puts a value into an object, where there is one.
fn put(object: &mut Map<String, Json>, key: &str, value: Option<impl Into<Json>>) {
    if let Some(value) = value {
        object.insert(key.to_owned(), value.into());
    }
}

fn day(day: Option<chrono::NaiveDate>) -> Option<String> {
    day.map(|day| day.to_string())
}

fn distribution(place: &Place, code: &str, row: &dataset_distribution::Model) -> ApiResult<Json> {
    let mut object = Map::new();
    object.insert("@id".to_owned(), format!("{}#distribution-{}", place.dataset(code), row.position).into());
    object.insert("@type".to_owned(), "dcat:Distribution".into());
    put(&mut object, "title", row.title.as_deref().map(|title| texts(title, None)));
    let format: Option<DatasetFormat> = row.format.as_deref().map(str::parse).transpose().map_err(ApiError::from)?;
    put(&mut object, "format", format.map(|format| format!("{AUTHORITY}/file-type/{format}")));
    let media_type = row.media_type.as_deref();
    put(
        &mut object,
        "mediaType",
        media_type.map(|name| format!("https://www.iana.org/assignments/media-types/{name}")),
    );
    object.insert("accessURL".to_owned(), row.access_url.as_str().into());
    put(&mut object, "downloadURL", row.download_url.as_deref());
    // As text: a JSON number above 2^53 would not be read exactly by everybody.
    put(&mut object, "byteSize", row.byte_size.map(|size| size.to_string()));
    put(&mut object, "issued", day(row.issued_on));
    put(&mut object, "modified", day(row.modified_on));
    Ok(Json::Object(object))
}

fn contact(place: &Place, row: &dataset::Model) -> Option<Json> {
    let mut object = Map::new();
    object.insert("@id".to_owned(), format!("{}#contact", place.dataset(&row.code)).into());
    object.insert("@type".to_owned(), "vcard:Organization".into());
    object.insert("fn".to_owned(), row.contact_name.as_deref()?.into());
    put(&mut object, "hasEmail", row.contact_email.as_deref().map(|address| format!("mailto:{address}")));
    put(&mut object, "hasTelephone", row.contact_phone.as_deref().map(|number| format!("tel:{number}")));
    Some(Json::Object(object))
}

/// A public dataset with what hangs on it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The dataset.
    pub row: dataset::Model,
    /// Who publishes it.
    pub publisher: organisation::Model,
    /// The forms in which it can be had.
    pub distributions: Vec<dataset_distribution::Model>,
}

fn described(place: &Place, entry: &Entry) -> ApiResult<Map<String, Json>> {
    let row = &entry.row;
    let theme = themes::of(&row.theme).ok_or_else(|| ApiError::internal("a dataset of no theme"))?;
    let mut object = Map::new();
    object.insert("@id".to_owned(), place.dataset(&row.code).into());
    object.insert("@type".to_owned(), "dcat:Dataset".into());
    object.insert("identifier".to_owned(), row.code.as_str().into());
    object.insert("version".to_owned(), row.edition.to_string().into());
    object.insert("title".to_owned(), texts(&row.title_vi, row.title_en.as_deref()));
    object.insert("description".to_owned(), texts(&row.description_vi, row.description_en.as_deref()));
    object.insert("theme".to_owned(), theme.uri.as_str().into());
    let keywords: Vec<&str> = items(&row.keywords).collect();
    put(&mut object, "keyword", (!keywords.is_empty()).then(|| json!({ "vi": keywords })));
    object.insert("publisher".to_owned(), agent(place, &entry.publisher));
    put(&mut object, "contactPoint", contact(place, row));
    put(&mut object, "issued", day(row.issued_on));
    put(&mut object, "modified", day(row.modified_on));
    object.insert("accrualPeriodicity".to_owned(), frequency(row.frequency()?).into());
    let area = row.spatial.as_deref();
    put(&mut object, "spatial", area.map(|area| json!({ "@type": "dct:Location", "label": texts(area, None) })));
    if row.temporal_from.is_some() || row.temporal_to.is_some() {
        let mut period = Map::new();
        period.insert("@type".to_owned(), "dct:PeriodOfTime".into());
        put(&mut period, "startDate", day(row.temporal_from));
        put(&mut period, "endDate", day(row.temporal_to));
        object.insert("temporal".to_owned(), Json::Object(period));
    }
    let languages: Vec<String> = row.languages()?.into_iter().map(language).collect();
    object.insert("language".to_owned(), languages.into());
    put(&mut object, "license", row.licence.as_deref());
    object.insert("accessRights".to_owned(), format!("{AUTHORITY}/access-right/PUBLIC").into());
    let standards: Vec<&str> = items(&row.conforms_to).collect();
    put(&mut object, "conformsTo", (!standards.is_empty()).then_some(standards));
    let distributions: ApiResult<Vec<Json>> =
        entry.distributions.iter().map(|one| distribution(place, &row.code, one)).collect();
    object.insert("distribution".to_owned(), distributions?.into());
    Ok(object)
}

/// The document of one dataset.
pub fn dataset_document(place: &Place, entry: &Entry) -> ApiResult<Json> {
    let mut object = Map::new();
    object.insert("@context".to_owned(), context());
    object.append(&mut described(place, entry)?);
    Ok(Json::Object(object))
}

/// A page of a catalogue.
#[derive(Debug, Clone)]
pub struct CataloguePage {
    /// The programme.
    pub programme: programme::Model,
    /// The organisation at its top, whose catalogue it is.
    pub root: organisation::Model,
    /// Its datasets.
    pub entries: Vec<Entry>,
    /// The identifier that it comes after.
    pub after: Option<String>,
    /// Whether there are more after it.
    pub more: bool,
}

/// The document of a page of the catalogue; of a catalogue that fits on one it says nothing of pages.
pub fn catalogue_document(place: &Place, page: &CataloguePage) -> ApiResult<Json> {
    let mut object = Map::new();
    let partial = page.more || page.after.is_some();
    object.insert("@context".to_owned(), context());
    object.insert("@id".to_owned(), place.catalogue().into());
    let kinds = if partial { json!(["dcat:Catalog", "hydra:Collection"]) } else { json!("dcat:Catalog") };
    object.insert("@type".to_owned(), kinds);
    let (vi, en) = (&page.root.name_vi, &page.root.name_en);
    object.insert(
        "title".to_owned(),
        texts(&format!("Danh mục dữ liệu mở - {vi}"), Some(&format!("Catalogue of open data - {en}"))),
    );
    object.insert("description".to_owned(), texts(&page.programme.title_vi, Some(&page.programme.title_en)));
    object.insert("publisher".to_owned(), agent(place, &page.root));
    object.insert("language".to_owned(), language(DatasetLanguage::Vi).into());
    object.insert("themeTaxonomy".to_owned(), themes::TAXONOMY.into());
    let datasets: ApiResult<Vec<Json>> =
        page.entries.iter().map(|entry| Ok(Json::Object(described(place, entry)?))).collect();
    object.insert("dataset".to_owned(), datasets?.into());
    if partial {
        let mut view = Map::new();
        view.insert("@id".to_owned(), format!("{}#page", place.page(page.after.as_deref())).into());
        view.insert("@type".to_owned(), "hydra:PartialCollectionView".into());
        view.insert("first".to_owned(), place.page(None).into());
        let last = page.entries.last().filter(|_| page.more);
        put(&mut view, "next", last.map(|entry| place.page(Some(&entry.row.code))));
        object.insert("view".to_owned(), Json::Object(view));
    }
    Ok(Json::Object(object))
}

/// The programme of a code; or the only one, where no code is given. What is public needs no reader.
async fn programme_of(connection: &impl ConnectionTrait, code: Option<&str>) -> ApiResult<programme::Model> {
    // A code comes from an address, where anything may stand.
    if let Some(odd) = code.filter(|code| code.len() > 64 || code.chars().any(char::is_control)) {
        return Err(ApiError::not_found("kind-programme", shown(odd)));
    }
    let found = organisations::programme_by_code(connection, &Viewer::server(), code).await;
    found.map_err(|error| match code {
        None if error.code == ErrorCode::BadUserInput => {
            ApiError::new(ErrorCode::NotFound, Message::new("dcat-programme-ambiguous"))
        }
        _ => error,
    })
}

async fn entries(connection: &impl ConnectionTrait, rows: Vec<dataset::Model>) -> ApiResult<Vec<Entry>> {
    let mut forms: HashMap<Uuid, Vec<dataset_distribution::Model>> = HashMap::new();
    for one in store::distributions_of(connection, rows.iter().map(|row| row.id).collect()).await? {
        forms.entry(one.dataset_id).or_default().push(one);
    }
    let publishers: Vec<Uuid> = rows.iter().map(|row| row.publisher_id).collect();
    let publishers = organisations::by_ids(connection, &Viewer::server(), publishers).await?;
    let publishers: HashMap<Uuid, organisation::Model> = publishers.into_iter().map(|row| (row.id, row)).collect();
    let entry = |row: dataset::Model| {
        let publisher = publishers.get(&row.publisher_id).cloned();
        let publisher = publisher.ok_or_else(|| ApiError::internal("a dataset that nobody publishes"))?;
        Ok(Entry { distributions: forms.remove(&row.id).unwrap_or_default(), publisher, row })
    };
    rows.into_iter().map(entry).collect()
}

/// A page of a programme's catalogue, as a document: five statements, however many datasets.
pub async fn export(
    connection: &impl ConnectionTrait,
    base: &str,
    programme: Option<&str>,
    after: Option<String>,
) -> ApiResult<Json> {
    let programme = programme_of(connection, programme).await?;
    let root = organisations::root_of(connection, programme.id).await?;
    let (rows, more) = store::public_after(connection, programme.id, after.as_deref(), PAGE).await?;
    let place = Place::new(base, &programme.code);
    let entries = entries(connection, rows).await?;
    catalogue_document(&place, &CataloguePage { programme, root, entries, after, more })
}

/// One dataset of a programme's catalogue, as a document; NOT_FOUND unless it is public.
pub async fn export_dataset(
    connection: &impl ConnectionTrait,
    base: &str,
    programme: Option<&str>,
    code: &str,
) -> ApiResult<Json> {
    let missing = || ApiError::not_found("kind-dataset", shown(code));
    if !is_code(code) {
        return Err(missing());
    }
    let programme = programme_of(connection, programme).await?;
    let row = store::public_by_code(connection, programme.id, code).await?.ok_or_else(missing)?;
    let entry = entries(connection, vec![row]).await?.pop().ok_or_else(missing)?;
    dataset_document(&Place::new(base, &programme.code), &entry)
}
