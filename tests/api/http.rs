//! GraphQL over HTTP: which request gets which answer, and that none of them ends the server.

use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use server::ServerOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Answer, Cut, Engine, Ward, on_both_engines};

const NEWER: &str = "application/graphql-response+json";
const OLDER: &str = "application/json";
const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) { userErrors { code } } }";

async fn ward() -> Ward {
    Ward::start(Engine::Sqlite).await
}

async fn ward_with(change: impl FnOnce(&mut ServerOptions)) -> Ward {
    let mut options = ServerOptions::default();
    change(&mut options);
    Ward::start_with(Engine::Sqlite, options).await
}

/// Sends a request whose answer may be anything; null stands for a body that is no JSON.
async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("the server answers");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.expect("the answer ends");
    Answer { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::Null) }
}

fn post(ward: &Ward, body: impl Into<String>) -> RequestBuilder {
    ward.stranger().request(Method::POST, "/graphql").header(CONTENT_TYPE, OLDER).body(body.into())
}

fn query(ward: &Ward, document: &str) -> RequestBuilder {
    post(ward, json!({ "query": document }).to_string())
}

#[track_caller]
fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).unwrap_or_else(|| panic!("no {name}")).to_str().unwrap()
}

#[track_caller]
fn message(answer: &Answer) -> &str {
    answer.body.pointer("/errors/0/message").and_then(Value::as_str).expect("an error with a message")
}

/// Sends bytes as they stand, and reads until the server closes the connection, by whatever means.
async fn raw(ward: &Ward, bytes: &str) -> String {
    let url = ward.url();
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = async { while matches!(stream.read_buf(&mut answer).await, Ok(1..)) {} };
    tokio::time::timeout(Duration::from_secs(20), read).await.expect("the server closes");
    String::from_utf8(answer).unwrap()
}

on_both_engines! {
    async fn a_query_is_answered_in_both_media_types(ward: Ward) {
        let officer = ward.officer("TTPVHCC").await;
        for (accept, content_type) in [
            (NEWER, "application/graphql-response+json; charset=utf-8"),
            (OLDER, "application/json; charset=utf-8"),
            ("*/*", "application/json; charset=utf-8"),
        ] {
            let request = officer.request(Method::POST, "/graphql").header(ACCEPT, accept);
            let answer = send(request.json(&json!({ "query": "{ me { username } }" }))).await;
            assert_eq!((answer.status, header(&answer, "content-type")), (200, content_type), "{accept}");
            assert_eq!(answer.data("/me/username"), "ttpvhcc.officer");
        }
        let request = officer.request(Method::GET, "/graphql");
        let answer = send(request.query(&[
            ("query", "query A($no: Boolean!) { me { username @skip(if: $no) } } query B { __typename }"),
            ("operationName", "A"),
            ("variables", r#"{"no":false}"#),
        ]))
        .await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.data("/me/username"), "ttpvhcc.officer");
    }

    async fn a_bad_token_is_refused_whatever_it_is_sent_with(ward: Ward) {
        let token = ward.chair().await.token();
        let bad = [
            format!("Bearer {}x", &token[..token.len() - 1]),
            format!("Basic {token}"),
            token.clone(),
            "Bearer".to_owned(),
            "Bearer a b".to_owned(),
        ];
        for authorization in bad {
            for accept in [NEWER, OLDER] {
                let request = query(&ward, "{ __typename }").header(ACCEPT, accept);
                let answer = send(request.header("authorization", authorization.as_str())).await;
                assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"), "{authorization}");
                assert_eq!(header(&answer, "www-authenticate"), "Bearer");
                assert!(answer.body.get("data").is_none());
            }
        }
        ward.clock().set(ward.clock().now() + ward.app().lifetimes.access);
        let answer = send(query(&ward, "{ __typename }").bearer_auth(&token)).await;
        assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"));
    }
}

#[tokio::test]
async fn what_is_no_graphql_over_http_is_refused_by_status() {
    let ward = ward().await;
    let anything = json!({ "query": "{ __typename }" }).to_string();
    let stranger = ward.stranger();
    let bare = || stranger.request(Method::POST, "/graphql").body(anything.clone());
    let plain = |kind: &str| bare().header(CONTENT_TYPE, kind);
    let get = |document: &str| stranger.request(Method::GET, "/graphql").query(&[("query", document)]);
    let input = json!({ "input": { "username": "chair", "password": "x" } }).to_string();
    for (what, status, code, request) in [
        ("another method", 405, "BAD_REQUEST", stranger.request(Method::PUT, "/graphql").body(anything.clone())),
        ("no preflight", 405, "BAD_REQUEST", stranger.request(Method::OPTIONS, "/graphql")),
        ("a mutation by GET", 405, "BAD_REQUEST", get(SIGN_IN).query(&[("variables", input.as_str())])),
        ("a subscription by GET", 405, "BAD_REQUEST", get("subscription { submissionChanged { id } }")),
        ("a subscription by POST", 400, "BAD_REQUEST", query(&ward, "subscription { submissionChanged { id } }")),
        ("GET without a query", 400, "BAD_REQUEST", stranger.request(Method::GET, "/graphql")),
        ("variables no JSON", 400, "BAD_REQUEST", get("{ __typename }").query(&[("variables", "{")])),
        ("two queries", 400, "BAD_REQUEST", get("{ __typename }").query(&[("query", "{ __typename }")])),
        ("text", 415, "BAD_REQUEST", plain("text/plain")),
        ("a form", 415, "BAD_REQUEST", plain("application/x-www-form-urlencoded")),
        ("another charset", 415, "BAD_REQUEST", plain("application/json; charset=utf-16")),
        ("no type", 415, "BAD_REQUEST", bare()),
        ("compressed", 415, "BAD_REQUEST", query(&ward, "{ __typename }").header("content-encoding", "gzip")),
        ("HTML wanted", 406, "BAD_REQUEST", query(&ward, "{ __typename }").header(ACCEPT, "text/html")),
        ("too large", 413, "BAD_REQUEST", post(&ward, " ".repeat(3 * 1024 * 1024))),
        ("another path", 404, "NOT_FOUND", stranger.request(Method::GET, "/graphiql")),
        ("POST to health", 405, "BAD_REQUEST", stranger.request(Method::POST, "/healthz")),
    ] {
        let answer = send(request).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{what}: {:#}", answer.body);
        assert!(answer.body.get("data").is_none(), "{what}");
        assert_eq!(header(&answer, "content-type"), "application/json; charset=utf-8", "{what}");
        assert_eq!(answer.body["errors"][0]["extensions"]["requestId"], header(&answer, "x-request-id"), "{what}");
    }
    assert_eq!(header(&send(stranger.request(Method::PUT, "/graphql")).await, "allow"), "GET, POST");
    let mutation = send(get(SIGN_IN).query(&[("variables", input.as_str())])).await;
    assert_eq!(header(&mutation, "allow"), "POST");
    let tolerated = send(plain("application/json; charset=UTF-8")).await;
    assert_eq!(tolerated.status, 200);
}

#[tokio::test]
async fn a_body_that_is_no_request_is_told_what_it_lacks() {
    let ward = ward().await;
    for (body, said) in [
        ("", "empty"),
        ("{\n\"query\" \"{ a }\"}", "line 2"),
        ("[{\"query\":\"{ __typename }\"}]", "one GraphQL operation"),
        ("\"{ __typename }\"", "JSON object"),
        ("{}", "query"),
        ("{\"query\":7}", "query"),
        ("{\"query\":\"{ __typename }\",\"operationName\":7}", "operationName"),
        ("{\"query\":\"{ __typename }\",\"variables\":[]}", "variables"),
        ("{\"query\":\"{ __typename }\",\"extensions\":\"\"}", "extensions"),
    ] {
        for accept in [NEWER, OLDER] {
            let answer = send(post(&ward, body).header(ACCEPT, accept)).await;
            assert_eq!((answer.status, answer.code()), (400, "BAD_REQUEST"), "{body}");
            assert!(message(&answer).contains(said), "{body}: {}", message(&answer));
        }
    }
    let answer = send(post(&ward, r#"{"query":"{ __typename }","id":7,"variables":null}"#)).await;
    assert_eq!(answer.data("/__typename"), "Query");
    let stranger = ward.stranger().in_vietnamese();
    let answer = send(stranger.request(Method::POST, "/graphql").header(CONTENT_TYPE, OLDER).body("{}")).await;
    assert_eq!((message(&answer), header(&answer, "content-language")), ("Yêu cầu thiếu \"query\".", "vi"));
}

#[tokio::test]
async fn a_refused_document_is_400_or_200_and_has_no_data() {
    let ward = ward().await;
    for (document, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ thereIsNoSuchField }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { __typename } query B { __typename }", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        for (accept, status) in [(NEWER, 400), (OLDER, 200)] {
            let answer = send(query(&ward, document).header(ACCEPT, accept)).await;
            assert_eq!((answer.status, answer.code()), (status, code), "{document}");
            assert!(answer.body.get("data").is_none(), "{document}");
        }
    }
    let variables = json!({ "query": SIGN_IN, "variables": {} }).to_string();
    let answer = send(post(&ward, variables).header(ACCEPT, NEWER)).await;
    assert_eq!((answer.status, answer.code()), (400, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn strangers_do_not_see_the_schema() {
    let ward = ward().await;
    for (accept, status) in [(NEWER, 401), (OLDER, 200)] {
        let answer = send(query(&ward, "{ __schema { queryType { name } } }").header(ACCEPT, accept)).await;
        assert_eq!((answer.status, answer.code()), (status, "UNAUTHENTICATED"));
        assert!(answer.body.get("data").is_none());
    }
    let answer = ward.chair().await.ask("{ __schema { queryType { name } } }", json!({})).await;
    assert_eq!(answer.data("/__schema/queryType/name"), "Query");
}

#[tokio::test]
async fn bombs_do_not_go_off() {
    let ward = ward().await;
    for depth in [10_000, 100_000] {
        for (before, open) in [("{ me(x: ", "["), ("{ me(x: ", "{a:"), ("", "{a"), ("query($a: ", "["), ("", "...{")] {
            let document = format!("{before}{}", open.repeat(depth));
            let answer = send(query(&ward, &document).header(ACCEPT, NEWER)).await;
            let code = answer.code();
            assert_eq!(answer.status, 400, "{depth} times {open}");
            assert!(["QUERY_TOO_COMPLEX", "GRAPHQL_PARSE_FAILED"].contains(&code), "{depth} times {open}: {code}");
        }
        let answer = send(post(&ward, "[".repeat(depth))).await;
        assert_eq!((answer.status, answer.code()), (400, "BAD_REQUEST"));
        let variables = format!("{{\"query\":\"{{ __typename }}\",\"variables\":{{\"a\":{}", "[".repeat(depth));
        let answer = send(post(&ward, variables)).await;
        assert_eq!((answer.status, answer.code()), (400, "BAD_REQUEST"));
    }
    assert_eq!(send(query(&ward, "{ __typename }")).await.data("/__typename"), "Query");
}

#[tokio::test]
async fn every_answer_carries_the_same_headers() {
    let ward = ward().await;
    let stranger = ward.stranger();
    for request in [
        query(&ward, "{ __typename }"),
        query(&ward, "{"),
        post(&ward, "{"),
        stranger.request(Method::PUT, "/graphql"),
        stranger.request(Method::GET, "/nowhere"),
        stranger.request(Method::GET, "/graphql/ws"),
        stranger.request(Method::GET, "/healthz"),
    ] {
        let answer = send(request).await;
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert_eq!(header(&answer, "cache-control"), "no-store");
        assert_eq!(header(&answer, "referrer-policy"), "no-referrer");
        assert_eq!(header(&answer, "vary"), "Accept, Accept-Encoding, Accept-Language, Authorization");
        assert_eq!(header(&answer, "content-language"), "en");
        assert!(header(&answer, "server-timing").contains("total;dur="));
        assert_eq!(header(&answer, "x-request-id").len(), 36);
    }
    assert_eq!(send(query(&ward, "{ __typename }")).await.statements(), 0);
}

#[tokio::test]
async fn a_tame_request_id_is_taken_over_and_another_is_not() {
    let ward = ward().await;
    let answer = send(query(&ward, "{ __typename }").header("x-request-id", "Trace_7.a-b")).await;
    assert_eq!(header(&answer, "x-request-id"), "Trace_7.a-b");
    for wild in ["a b", "{}", "x".repeat(65).as_str()] {
        let answer = send(query(&ward, "{ __typename }").header("x-request-id", wild)).await;
        assert_ne!(header(&answer, "x-request-id"), wild);
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let ward = ward_with(|options| options.body_timeout = Duration::from_millis(100)).await;
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    let answer = raw(&ward, &format!("{head}content-length: 100\r\n\r\n{{\"query\":")).await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("BAD_REQUEST"), "{answer}");
}

#[tokio::test]
async fn a_body_of_unknown_length_is_cut_at_the_limit() {
    let ward = ward_with(|options| options.body_bytes = 100).await;
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n";
    let body = " ".repeat(200);
    let answer = raw(&ward, &format!("{head}transfer-encoding: chunked\r\n\r\nc8\r\n{body}\r\n0\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("BAD_REQUEST"), "{answer}");
}

#[tokio::test]
async fn headers_that_do_not_end_are_not_waited_for() {
    let ward = ward_with(|options| options.header_timeout = Duration::from_millis(100)).await;
    assert_eq!(raw(&ward, "POST /graphql HTTP/1.1\r\nhost: x\r\n").await, "");
    let ward = ward_with(|options| options.header_bytes = 16 * 1024).await;
    let answer = raw(&ward, &format!("GET /graphql HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "x".repeat(20_000))).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn whoever_asks_too_often_has_to_wait() {
    let ward = ward_with(|options| (options.requests_per_minute, options.request_burst) = (1, 3)).await;
    let chair = ward.chair().await;
    for _ in 0..2 {
        assert_eq!(send(query(&ward, "{ __typename }")).await.status, 200);
    }
    for accept in [NEWER, OLDER] {
        let answer = send(query(&ward, "{ __typename }").header(ACCEPT, accept)).await;
        assert_eq!((answer.status, answer.code()), (429, "RATE_LIMITED"));
        assert!((1..=61).contains(&header(&answer, "retry-after").parse::<u32>().unwrap()));
    }
    // Whoever has signed in is not held to what strangers do.
    chair.ask("{ __typename }", json!({})).await.ok();
}

#[tokio::test]
async fn only_configured_sites_may_use_the_api_in_a_browser() {
    const OURS: &str = "https://dashboard.example.vn";
    let ward = ward_with(|options| options.allowed_origins = vec![OURS.to_owned()]).await;
    let preflight = |origin: &str| {
        let request = ward.stranger().request(Method::OPTIONS, "/graphql").header("origin", origin);
        request.header("access-control-request-method", "POST")
    };
    let answer = send(preflight(OURS)).await;
    assert_eq!((answer.status, header(&answer, "access-control-allow-origin")), (204, OURS));
    assert!(header(&answer, "access-control-allow-headers").contains("authorization"));
    let answer = send(query(&ward, "{ __typename }").header("origin", OURS)).await;
    assert_eq!((answer.status, header(&answer, "access-control-allow-origin")), (200, OURS));
    assert!(answer.headers.get("access-control-allow-credentials").is_none());
    let answer = send(preflight("https://evil.example")).await;
    assert_eq!(answer.status, 405);
    let answer = send(query(&ward, "{ __typename }").header("origin", "https://evil.example")).await;
    assert!(answer.headers.get("access-control-allow-origin").is_none());
}

#[tokio::test]
async fn health_and_keys_are_public() {
    let ward = ward().await;
    let get = |path: &str| send(ward.stranger().request(Method::GET, path));
    let answer = get("/healthz").await;
    assert_eq!((answer.status, &answer.body), (200, &json!({ "status": "ok" })));
    let answer = get("/readyz").await;
    assert_eq!((answer.status, &answer.body), (200, &json!({ "status": "ready" })));
    let answer = get("/.well-known/jwks.json").await;
    assert_eq!(answer.body["keys"][0]["kty"], "OKP");
    assert_eq!(header(&answer, "cache-control"), "public, max-age=300");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_its_database_is_alive_and_not_ready() {
    let (ward, network) = Ward::start_behind_proxy().await;
    let get = |path: &str| send(ward.stranger().request(Method::GET, path));
    assert_eq!(get("/readyz").await.status, 200);
    network.cut(Cut::Refusing).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(get("/readyz").await.status, 503);
    assert_eq!(get("/healthz").await.status, 200);
}

#[tokio::test]
async fn answers_above_a_kilobyte_are_compressed_for_whoever_asks() {
    let ward = ward().await;
    let officer = ward.officer("VP").await;
    let document = |first: u32| {
        let document = format!("{{ organisations(first: {first}) {{ nodes {{ id code name note }} }} }}");
        serde_json::to_string(&json!({ "query": document })).unwrap()
    };
    let ask = async |encoding: &str, first: u32| {
        let request = officer.request(Method::POST, "/graphql").header(CONTENT_TYPE, OLDER).body(document(first));
        let response = request.header(ACCEPT_ENCODING, encoding).send().await.expect("the server answers");
        let said = response.headers().get(CONTENT_ENCODING).map(|value| value.to_str().unwrap().to_owned());
        (said, response.bytes().await.expect("the answer ends"))
    };
    let (said, plain) = ask("identity", 12).await;
    assert!(said.is_none() && plain.len() > 1_024, "{} bytes", plain.len());
    let (said, packed) = ask("gzip", 12).await;
    assert_eq!(said.as_deref(), Some("gzip"));
    assert!(packed.len() < plain.len());
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed[..]), &mut unpacked).unwrap();
    assert_eq!(unpacked, plain);
    let (said, packed) = ask("zstd, gzip;q=0.5", 12).await;
    assert_eq!(said.as_deref(), Some("zstd"));
    // RFC 8878, 3.1.1: the magic number.
    assert_eq!(packed[..4], [0x28, 0xb5, 0x2f, 0xfd]);
    let (said, small) = ask("gzip, zstd", 1).await;
    assert!(said.is_none() && small.len() < 1_024, "{} bytes", small.len());
}
