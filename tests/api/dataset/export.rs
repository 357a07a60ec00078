//! The catalogue as JSON-LD over HTTP: what is in it, and that it is RDF as the vocabularies have it.

use std::collections::{BTreeMap, BTreeSet};

use oxjsonld::{JsonLdParser, JsonLdSerializer};
use oxrdf::dataset::CanonicalizationAlgorithm;
use oxrdf::vocab::{rdf, rdfs, xsd};
use oxrdf::{Dataset, Graph, GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Quad, TermRef};
use oxttl::TurtleParser;
use reqwest::Method;
use reqwest::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RETRY_AFTER};
use serde_json::{Value, json};
use server::ServerOptions;

use super::{open, published, shared, submitted, take, with};
use crate::support::{Client, Engine, Ward, on_both_engines};

const BASE: &str = "http://127.0.0.1:8080/dcat/AN-BIEN-2026-2030";
const CATALOGUE: &str = "/dcat/catalog.jsonld";
const DCAT: &str = "http://www.w3.org/ns/dcat#";
const DCT: &str = "http://purl.org/dc/terms/";

async fn get(client: &Client, path: &str) -> reqwest::Response {
    client.request(Method::GET, path).header(ACCEPT, "application/ld+json").send().await.unwrap()
}

async fn document(client: &Client, path: &str) -> Vec<u8> {
    let response = get(client, path).await;
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!(response.headers()[CONTENT_TYPE], "application/ld+json");
    response.bytes().await.unwrap().to_vec()
}

/// The triples of a document. No loader is given, so that a context which is not in the document is an error.
fn graph(document: &[u8]) -> Graph {
    let mut graph = Graph::new();
    for quad in JsonLdParser::new().for_slice(document) {
        let quad = quad.expect("the document is JSON-LD");
        assert_eq!(quad.graph_name, GraphName::DefaultGraph);
        graph.insert(quad.as_ref());
    }
    graph
}

fn canonical(quads: impl IntoIterator<Item = Quad>) -> Dataset {
    let mut dataset: Dataset = quads.into_iter().collect();
    dataset.canonicalize(CanonicalizationAlgorithm::Unstable);
    dataset
}

fn dcat(term: &str) -> NamedNode {
    NamedNode::new(format!("{DCAT}{term}")).unwrap()
}

fn dct(term: &str) -> NamedNode {
    NamedNode::new(format!("{DCT}{term}")).unwrap()
}

/// Every resource of a class.
fn of_class(graph: &Graph, class: &NamedNode) -> Vec<NamedOrBlankNode> {
    graph.subjects_for_predicate_object(rdf::TYPE, class.as_ref()).map(NamedOrBlankNodeRef::into_owned).collect()
}

/// The values of a property, as N-Triples has them.
fn values(graph: &Graph, subject: &NamedOrBlankNode, property: &NamedNode) -> BTreeSet<String> {
    graph.objects_for_subject_predicate(subject.as_ref(), property.as_ref()).map(|term| term.to_string()).collect()
}

fn set(terms: &[&str]) -> BTreeSet<String> {
    terms.iter().map(|term| (*term).to_owned()).collect()
}

/// The terms that the vocabularies have, with their kinds, domains and ranges.
struct Vocabulary(Graph);

impl Vocabulary {
    fn read() -> Vocabulary {
        let text = include_str!("../../data/catalogue-vocabulary.ttl");
        let triples = TurtleParser::new().for_slice(text).map(|triple| triple.expect("the vocabulary is Turtle"));
        Vocabulary(triples.collect())
    }

    fn one(&self, term: NamedNodeRef<'_>, property: NamedNodeRef<'_>) -> Option<NamedNode> {
        match self.0.object_for_subject_predicate(term, property)? {
            TermRef::NamedNode(node) => Some(node.into_owned()),
            _ => None,
        }
    }

    /// Whether one of the classes is a class or stands below it.
    fn among(&self, classes: &[NamedNode], wanted: &NamedNode) -> bool {
        classes.iter().any(|class| {
            let mut at = Some(class.clone());
            while let Some(class) = at {
                if class == *wanted {
                    return true;
                }
                at = self.one(class.as_ref(), rdfs::SUB_CLASS_OF);
            }
            false
        })
    }

    /// Everything in a graph that the vocabularies do not allow.
    fn faults(&self, graph: &Graph) -> Vec<String> {
        let owl = |term: &str| NamedNode::new(format!("http://www.w3.org/2002/07/owl#{term}")).unwrap();
        let classes_of = |subject: NamedOrBlankNodeRef<'_>| -> Vec<NamedNode> {
            let named = |term: TermRef<'_>| match term {
                TermRef::NamedNode(node) => Some(node.into_owned()),
                _ => None,
            };
            graph.objects_for_subject_predicate(subject, rdf::TYPE).filter_map(named).collect()
        };
        let mut faults = Vec::new();
        for triple in graph {
            let mut fault = |what: &str| faults.push(format!("{what}: {triple}"));
            if triple.predicate == rdf::TYPE {
                let known = |class: NamedNodeRef<'_>| self.one(class, rdf::TYPE) == Some(owl("Class"));
                if !matches!(triple.object, TermRef::NamedNode(class) if known(class)) {
                    fault("no such class");
                }
                continue;
            }
            let Some(kind) = self.one(triple.predicate, rdf::TYPE) else {
                fault("no such property");
                continue;
            };
            if let Some(domain) = self.one(triple.predicate, rdfs::DOMAIN)
                && !self.among(&classes_of(triple.subject), &domain)
            {
                fault("outside the domain");
            }
            let range = self.one(triple.predicate, rdfs::RANGE).expect("every property here has a range");
            match triple.object {
                TermRef::Literal(literal) => {
                    if kind != owl("DatatypeProperty") || literal.datatype() != range.as_ref() {
                        fault("not in the range");
                    }
                }
                TermRef::NamedNode(_) | TermRef::BlankNode(_) => {
                    let classes = match triple.object {
                        TermRef::NamedNode(node) => classes_of(node.into()),
                        TermRef::BlankNode(node) => classes_of(node.into()),
                        TermRef::Literal(_) => Vec::new(),
                    };
                    // What is described elsewhere has no class here; what is described here must fit.
                    let fits = classes.is_empty() || range == rdfs::RESOURCE || self.among(&classes, &range);
                    if kind != owl("ObjectProperty")
                        || !fits
                        || (classes.is_empty() && matches!(triple.object, TermRef::BlankNode(_)))
                    {
                        fault("not in the range");
                    }
                }
            }
        }
        faults
    }
}

/// Whether literals are what their datatypes say.
fn check_lexically(graph: &Graph) {
    for triple in graph {
        let TermRef::Literal(literal) = triple.object else { continue };
        if literal.datatype() == xsd::DATE {
            literal.value().parse::<chrono::NaiveDate>().unwrap();
        } else if literal.datatype() == xsd::NON_NEGATIVE_INTEGER {
            literal.value().parse::<u64>().unwrap();
        }
    }
}

on_both_engines! {
    async fn the_catalogue_is_rdf_as_the_vocabularies_have_it(ward: Ward) {
        published(&ward, open("DL-GIA-01")).await;
        // Texts that would break a careless writer, and nothing that is not required.
        let hostile = json!({
            "titleVi": "\"Đất\" \\ <b>&</b> {\"@id\": \"x\"}\u{2028}", "titleEn": null, "keywords": ["@type", "dcat:Dataset", "https://a.vn"], "publisher": "AN-BIEN",
            "issued": null, "modified": null, "spatial": null, "temporalFrom": null, "conformsTo": [], "accrualPeriodicity": "SEMIANNUAL",
            "contact": { "name": "Văn phòng", "phone": "+84 225 384 2253" },
            "distributions": [
                { "mediaType": "application/json", "accessUrl": "https://dulieu.example.vn/dịch vụ?q=\"x\"&y=1" },
                { "format": "XLSX", "accessUrl": "https://dulieu.example.vn/2" },
            ],
        });
        published(&ward, with(open("DL-2"), hostile)).await;
        // None of these is for everybody.
        published(&ward, shared("DL-SHARED")).await;
        published(&ward, with(shared("DL-RESTRICTED"), json!({ "accessRights": "RESTRICTED" }))).await;
        submitted(&ward, open("DL-SUBMITTED")).await;
        let bytes = document(&ward.stranger(), CATALOGUE).await;
        let graph = graph(&bytes);
        assert_eq!(Vocabulary::read().faults(&graph), Vec::<String>::new());
        check_lexically(&graph);

        let catalogues = of_class(&graph, &dcat("Catalog"));
        assert_eq!(catalogues, [NamedOrBlankNode::from(NamedNode::new(format!("{BASE}/catalog.jsonld")).unwrap())]);
        for property in [dct("title"), dct("description"), dct("publisher"), dct("language")] {
            assert!(!values(&graph, &catalogues[0], &property).is_empty(), "{property}");
        }
        let datasets: BTreeSet<String> = of_class(&graph, &dcat("Dataset")).iter().map(ToString::to_string).collect();
        assert_eq!(datasets, set(&[&format!("<{BASE}/dataset/DL-2>"), &format!("<{BASE}/dataset/DL-GIA-01>")]));
        assert_eq!(values(&graph, &catalogues[0], &dcat("dataset")), datasets);
        let required = [
            dct("title"), dct("description"), dct("identifier"), dct("publisher"), dct("issued"), dct("modified"), dct("license"),
            dct("accessRights"), dct("accrualPeriodicity"), dct("language"), dcat("theme"), dcat("contactPoint"), dcat("distribution"), dcat("version"),
        ];
        for dataset in of_class(&graph, &dcat("Dataset")) {
            for property in &required {
                assert!(!values(&graph, &dataset, property).is_empty(), "{dataset} {property}");
            }
        }
        for distribution in of_class(&graph, &dcat("Distribution")) {
            assert_eq!(values(&graph, &distribution, &dcat("accessURL")).len(), 1, "{distribution}");
        }
        let prices: NamedOrBlankNode = NamedNode::new(format!("{BASE}/dataset/DL-GIA-01")).unwrap().into();
        let authority = "http://publications.europa.eu/resource/authority";
        for (property, expected) in [
            (dct("title"), set(&["\"Giá niêm yết\"@vi", "\"Listed prices\"@en"])),
            (dct("identifier"), set(&["\"DL-GIA-01\""])),
            (dct("issued"), set(&["\"2026-01-05\"^^<http://www.w3.org/2001/XMLSchema#date>"])),
            (dct("modified"), set(&["\"2026-07-31\"^^<http://www.w3.org/2001/XMLSchema#date>"])),
            (dct("license"), set(&["<https://creativecommons.org/licenses/by/4.0/>"])),
            (dct("accrualPeriodicity"), set(&[&format!("<{authority}/frequency/QUARTERLY>")])),
            (dct("accessRights"), set(&[&format!("<{authority}/access-right/PUBLIC>")])),
            (dct("language"), set(&[&format!("<{authority}/language/VIE>"), &format!("<{authority}/language/ENG>")])),
            (dct("conformsTo"), set(&["<http://www.w3.org/ns/csvw>"])),
            (dct("publisher"), set(&[&format!("<{BASE}/catalog.jsonld#KTHTDT>")])),
            (dcat("theme"), set(&[&format!("<{authority}/data-theme/ECON>")])),
            (dcat("keyword"), set(&["\"giá\"@vi", "\"niêm yết\"@vi"])),
        ] {
            assert_eq!(values(&graph, &prices, &property), expected, "{property}");
        }
        let file: NamedOrBlankNode = NamedNode::new(format!("{BASE}/dataset/DL-GIA-01#distribution-1")).unwrap().into();
        for (property, expected) in [
            (dcat("byteSize"), "\"5368709120\"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger>"),
            (dcat("mediaType"), "<https://www.iana.org/assignments/media-types/text/csv>"),
            (dct("format"), "<http://publications.europa.eu/resource/authority/file-type/CSV>"),
            (dcat("downloadURL"), "<https://dulieu.example.vn/gia.csv>"),
        ] {
            assert_eq!(values(&graph, &file, &property), set(&[expected]), "{property}");
        }
        let land: NamedOrBlankNode = NamedNode::new(format!("{BASE}/dataset/DL-2")).unwrap().into();
        assert_eq!(values(&graph, &land, &dct("title")).len(), 1);
        assert_eq!(values(&graph, &land, &dct("issued")), set(&["\"2026-09-20\"^^<http://www.w3.org/2001/XMLSchema#date>"]));
        assert_eq!(values(&graph, &land, &dct("accrualPeriodicity")), set(&[&format!("<{authority}/frequency/ANNUAL_2>")]));
        assert_eq!(values(&graph, &land, &dcat("keyword")).len(), 3);

        // Written by somebody else and read again, it is the same graph, whatever its blank nodes are called.
        let quads: Vec<Quad> = JsonLdParser::new().for_slice(&bytes).map(Result::unwrap).collect();
        let mut writer = JsonLdSerializer::new().for_writer(Vec::new());
        for quad in &quads {
            writer.serialize_quad(quad.as_ref()).unwrap();
        }
        let again: Vec<Quad> = JsonLdParser::new().for_slice(&writer.finish().unwrap()).map(Result::unwrap).collect();
        assert!(quads.iter().any(|quad| quad.subject.is_blank_node()), "it has blank nodes");
        assert_eq!(canonical(quads), canonical(again));
    }

    async fn a_dataset_has_an_address_of_its_own(ward: Ward) {
        published(&ward, open("DL-1")).await;
        published(&ward, shared("DL-2")).await;
        let stranger = ward.stranger();
        let alone = graph(&document(&stranger, "/dcat/dataset/DL-1").await);
        assert_eq!(Vocabulary::read().faults(&alone), Vec::<String>::new());
        let named = graph(&document(&stranger, "/dcat/AN-BIEN-2026-2030/dataset/DL-1").await);
        assert_eq!(alone.len(), named.len());
        // What stands at the address is what the catalogue says of it.
        let whole = graph(&document(&stranger, CATALOGUE).await);
        let about = |graph: &Graph| -> BTreeMap<String, BTreeSet<String>> {
            let subject = NamedNode::new(format!("{BASE}/dataset/DL-1")).unwrap();
            let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for triple in graph.triples_for_subject(subject.as_ref()).filter(|triple| !triple.object.is_blank_node()) {
                found.entry(triple.predicate.to_string()).or_default().insert(triple.object.to_string());
            }
            found
        };
        assert_eq!(about(&alone), about(&whole));
        for missing in ["/dcat/dataset/DL-2", "/dcat/dataset/DL-9", "/dcat/NOWHERE/dataset/DL-1", "/dcat/NOWHERE/catalog.jsonld", "/dcat/dataset/x%00"] {
            let response = get(&stranger, missing).await;
            assert_eq!(response.status().as_u16(), 404, "{missing}");
            let body: Value = response.json().await.unwrap();
            assert_eq!(body["errors"][0]["extensions"]["code"], "NOT_FOUND", "{missing}");
        }
        // Who asks makes no difference, nor does a token that means nothing.
        assert_eq!(document(&ward.chair().await, CATALOGUE).await, document(&stranger, CATALOGUE).await);
        // Withdrawn, it is gone.
        let out = json!({ "identifier": "DL-1", "reason": "x", "expectedVersion": 3 });
        take(&ward.chair().await, "withdrawDataset", out).await.ok();
        assert_eq!(get(&stranger, "/dcat/dataset/DL-1").await.status().as_u16(), 404);
        assert_eq!(of_class(&graph(&document(&stranger, CATALOGUE).await), &dcat("Dataset")).len(), 0);
    }

    async fn what_did_not_change_is_not_sent_again(ward: Ward) {
        published(&ward, open("DL-1")).await;
        let stranger = ward.stranger();
        let first = get(&stranger, CATALOGUE).await;
        let tag = first.headers()[ETAG].clone();
        assert!(!tag.to_str().unwrap().starts_with("W/") && tag.to_str().unwrap().starts_with('"'), "{tag:?}");
        assert_eq!(first.headers()[CACHE_CONTROL], "public, max-age=300");
        for (name, value) in [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("vary", "Accept, Accept-Encoding, Accept-Language, Authorization")] {
            assert_eq!(first.headers()[name], value);
        }
        assert_eq!(first.headers()["server-timing"].to_str().unwrap().split(',').next(), Some("db;desc=\"5 statements\""));
        let again = |tag: &str| stranger.request(Method::GET, CATALOGUE).header(IF_NONE_MATCH, tag.to_owned()).send();
        let known = again(tag.to_str().unwrap()).await.unwrap();
        assert_eq!((known.status().as_u16(), &known.headers()[ETAG], &known.headers()[CACHE_CONTROL]), (304, &tag, &first.headers()[CACHE_CONTROL]));
        assert_eq!(known.bytes().await.unwrap().len(), 0);
        assert_eq!(again("\"other\"").await.unwrap().status().as_u16(), 200);
        let head = stranger.request(Method::HEAD, CATALOGUE).send().await.unwrap();
        assert_eq!((head.status().as_u16(), &head.headers()[ETAG]), (200, &tag));
        assert_eq!(stranger.request(Method::POST, CATALOGUE).send().await.unwrap().status().as_u16(), 405);
        let update = json!({ "identifier": "DL-1", "modified": "2026-09-19", "expectedVersion": 3 });
        take(&ward.officer("KTHTDT").await, "recordDatasetUpdate", update).await.ok();
        let changed = again(tag.to_str().unwrap()).await.unwrap();
        assert_eq!(changed.status().as_u16(), 200);
        assert_ne!(changed.headers()[ETAG], tag);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_catalogue_comes_in_pages() {
    let ward = Ward::start(Engine::Sqlite).await;
    for number in 0..101 {
        published(&ward, open(&format!("DL-{number:03}"))).await;
    }
    let stranger = ward.stranger();
    let hydra = |term: &str| NamedNode::new(format!("http://www.w3.org/ns/hydra/core#{term}")).unwrap();
    let first = graph(&document(&stranger, CATALOGUE).await);
    assert_eq!(Vocabulary::read().faults(&first), Vec::<String>::new());
    assert_eq!(of_class(&first, &dcat("Dataset")).len(), 100);
    let view = of_class(&first, &hydra("PartialCollectionView")).pop().unwrap();
    assert_eq!(values(&first, &view, &hydra("next")), set(&[&format!("<{BASE}/catalog.jsonld?after=DL-099>")]));
    let last = graph(&document(&stranger, "/dcat/AN-BIEN-2026-2030/catalog.jsonld?after=DL-099").await);
    assert_eq!(Vocabulary::read().faults(&last), Vec::<String>::new());
    let left: Vec<String> = of_class(&last, &dcat("Dataset")).iter().map(ToString::to_string).collect();
    assert_eq!(left, [format!("<{BASE}/dataset/DL-100>")]);
    let view = of_class(&last, &hydra("PartialCollectionView")).pop().unwrap();
    assert_eq!(values(&last, &view, &hydra("next")), set(&[]));
    assert_eq!(values(&last, &view, &hydra("first")), set(&[&format!("<{BASE}/catalog.jsonld>")]));
    // The same few statements for a hundred as for one.
    let timing = |response: &reqwest::Response| {
        response.headers()["server-timing"].to_str().unwrap().split(',').next().unwrap().to_owned()
    };
    let (long, short) = (get(&stranger, CATALOGUE).await, get(&stranger, "/dcat/catalog.jsonld?after=DL-099").await);
    assert_eq!(timing(&long), timing(&short));
    let bad = get(&stranger, "/dcat/catalog.jsonld?after=dl").await;
    assert_eq!(bad.status().as_u16(), 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn harvesters_are_held_to_a_rate_as_others_are() {
    let options = ServerOptions { requests_per_minute: 60, request_burst: 2, ..ServerOptions::default() };
    let options = ServerOptions { public_url: "https://api.example.vn/cchc".to_owned(), ..options };
    let ward = Ward::start_with(Engine::Sqlite, options).await;
    let stranger = ward.stranger();
    let body = document(&stranger, CATALOGUE).await;
    let catalogue: Value = serde_json::from_slice(&body).unwrap();
    // A catalogue of nothing is a catalogue still, named by the address under which the world reaches it.
    assert_eq!(
        (&catalogue["@id"], &catalogue["dataset"]),
        (&json!("https://api.example.vn/cchc/dcat/AN-BIEN-2026-2030/catalog.jsonld"), &json!([]))
    );
    get(&stranger, CATALOGUE).await;
    let late = get(&stranger, CATALOGUE).await;
    assert_eq!(late.status().as_u16(), 429);
    assert!(late.headers().contains_key(RETRY_AFTER));
}

#[test]
fn a_document_that_breaks_the_vocabularies_is_noticed() {
    let broken = json!({
        "@context": { "dcat": DCAT, "dct": DCT },
        "@id": "https://a.vn/1", "@type": "dcat:Dataset", "dct:made": "x", "dct:issued": "2026-01-01", "dcat:distribution": { "@id": "https://a.vn/2", "@type": "dcat:Catalog" },
        "dcat:keyword": { "@id": "https://a.vn/3" }, "dcat:accessURL": { "@id": "https://a.vn/4" },
        "dct:publisher": { "@type": "dcat:Thing" },
    });
    let graph = graph(broken.to_string().as_bytes());
    let faults: BTreeSet<String> =
        Vocabulary::read().faults(&graph).iter().map(|fault| fault.split(':').next().unwrap().to_owned()).collect();
    assert_eq!(faults, set(&["no such property", "no such class", "not in the range", "outside the domain"]));
    assert_eq!(Vocabulary::read().faults(&graph).len(), 7);
}
