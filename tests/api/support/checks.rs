//! The harness itself: what a test takes for granted.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use server::ServerOptions;

use super::{Answer, Client, Cut, Engine, Process, Ward, on_both_engines};

const ANYTHING: &str = "{ __typename }";
const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) { userErrors { code message } } }";

async fn sign_in_wrongly(client: &Client) -> Answer {
    client.ask(SIGN_IN, json!({ "input": { "username": "chair", "password": "not the password" } })).await
}

on_both_engines! {
    async fn every_account_signs_in(ward: Ward) {
        let mut people = vec![
            ward.standing_body().await,
            ward.chair().await,
            ward.finance().await,
            ward.one_stop().await,
            ward.public_service_centre().await,
            ward.oversight().await,
            ward.upper_level().await,
            ward.analytics().await,
            ward.admin().await,
        ];
        for unit in ["VHXH", "KTHTDT", "TTPVHCC", "TTSNC", "VP"] {
            people.extend([ward.officer(unit).await, ward.head(unit).await]);
        }
        for person in people {
            let answer = person.ask(ANYTHING, json!({})).await.ok();
            assert_eq!(answer.status, 200);
        }
        assert_eq!(ward.chair().await.token(), ward.chair().await.token(), "one sign-in serves a whole test");
    }

    async fn a_token_that_ran_out_is_replaced(ward: Ward) {
        let before = ward.chair().await.token();
        ward.clock().set(ward.clock().now() + ward.app().lifetimes.access);
        assert_ne!(ward.chair().await.token(), before);
    }

    async fn answers_show_errors_language_and_cost(ward: Ward) {
        let stranger = ward.stranger();
        let english = sign_in_wrongly(&stranger.in_english()).await;
        let vietnamese = sign_in_wrongly(&stranger.in_vietnamese()).await;
        let code = |answer: &Answer| answer.user_errors("signIn")[0]["code"].clone();
        let message = |answer: &Answer| answer.user_errors("signIn")[0]["message"].clone();
        assert_eq!(code(&english), code(&vietnamese));
        assert_ne!(message(&english), message(&vietnamese));
        assert!(english.statements() >= 1);
        assert_eq!(stranger.ask("{ thereIsNoSuchField }", json!({})).await.code(), "GRAPHQL_VALIDATION_FAILED");
    }

    async fn a_restart_keeps_data_address_and_sign_ins(mut ward: Ward) {
        let chair = ward.chair().await;
        ward.restart().await;
        chair.ask(ANYTHING, json!({})).await.ok();
    }
}

#[tokio::test]
async fn wards_share_nothing() {
    let options = ServerOptions::default;
    let (one, other) =
        (Ward::start_with(Engine::Sqlite, options()).await, Ward::start_with(Engine::Sqlite, options()).await);
    assert_ne!(one.url(), other.url());
    assert_ne!(one.database_url().await, other.database_url().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_network_is_noticed_and_a_restored_one_too() {
    let (ward, network) = Ward::start_behind_proxy().await;
    let stranger = ward.stranger();
    sign_in_wrongly(&stranger).await.ok();
    for how in [Cut::Refusing, Cut::Hanging] {
        network.cut(how).await;
        assert_ne!(sign_in_wrongly(&stranger).await.body.get("errors"), None::<&Value>, "{how:?}");
        network.restore();
        let restored = Instant::now();
        while sign_in_wrongly(&stranger).await.body.get("errors").is_some() {
            assert!(restored.elapsed() < Duration::from_secs(20), "{how:?}: the server does not recover");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn what_was_acknowledged_survives_a_kill(engine: Engine) {
    let mut process = Process::start(engine).await;
    let chair = process.person("chair").await;
    process.kill();
    chair.try_ask(ANYTHING, json!({})).await.unwrap_err();
    process.restart().await;
    chair.ask(ANYTHING, json!({})).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_program_comes_back_on_sqlite() {
    what_was_acknowledged_survives_a_kill(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_program_comes_back_on_postgres() {
    what_was_acknowledged_survives_a_kill(Engine::Postgres).await;
}
