//! Sign-in, refresh with reuse detection, sign-out, published keys.

use serde_json::{Value, json};

use crate::support::{Client, Ward, on_both_engines};

const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken refreshToken } userErrors { code field message } } }";
const REFRESH: &str = "mutation($input: RefreshSessionInput!) { refreshSession(input: $input) { session { accessToken refreshToken } userErrors { code } } }";
const ME: &str = "{ me { username } }";

async fn ask_with(ward: &Ward, token: &str, document: &str) -> Value {
    let response = ward
        .stranger()
        .request(reqwest::Method::POST, "/graphql")
        .bearer_auth(token)
        .json(&json!({ "query": document }))
        .send()
        .await
        .unwrap();
    response.json().await.unwrap()
}

fn refresh(token: &Value) -> Value {
    json!({ "input": { "refreshToken": token } })
}

async fn fresh(stranger: &Client) -> (Value, Value) {
    let input = json!({ "input": { "username": "mttq", "password": crate::support::PASSWORD } });
    let answer = stranger.ask(SIGN_IN, input).await.ok();
    (answer.data("/signIn/session/accessToken").clone(), answer.data("/signIn/session/refreshToken").clone())
}

on_both_engines! {
    async fn a_wrong_name_and_a_wrong_password_answer_alike(ward: Ward) {
        let stranger = ward.stranger();
        let mut answers = Vec::new();
        for (username, password) in [("nobody", "wrong password"), ("mttq", "wrong password")] {
            let answer = stranger.ask(SIGN_IN, json!({ "input": { "username": username, "password": password } })).await.ok();
            answers.push(answer.data("/signIn").clone());
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0]["userErrors"][0]["code"], "WRONG_CREDENTIALS");
        for _ in 0..9 {
            stranger.ask(SIGN_IN, json!({ "input": { "username": "mttq", "password": "wrong password" } })).await;
        }
        let input = json!({ "input": { "username": "mttq", "password": crate::support::PASSWORD } });
        assert_eq!(stranger.ask(SIGN_IN, input).await.code(), "RATE_LIMITED");
    }

    async fn a_refresh_token_is_good_for_one_use(ward: Ward) {
        let stranger = ward.stranger();
        let (access, first) = fresh(&stranger).await;
        assert_eq!(ask_with(&ward, access.as_str().unwrap(), ME).await["data"]["me"]["username"], "mttq");
        let renewed = stranger.ask(REFRESH, refresh(&first)).await.ok();
        let second = renewed.data("/refreshSession/session/refreshToken").clone();
        // Somebody else uses the first again: the whole sign-in ends.
        assert_eq!(stranger.ask(REFRESH, refresh(&first)).await.code(), "UNAUTHENTICATED");
        assert_eq!(stranger.ask(REFRESH, refresh(&second)).await.code(), "UNAUTHENTICATED");
        let ended = ask_with(&ward, access.as_str().unwrap(), ME).await;
        assert_eq!(ended["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    }

    async fn tokens_end_by_time_and_by_sign_out(ward: Ward) {
        let stranger = ward.stranger();
        let (access, refresh_token) = fresh(&stranger).await;
        let out = ask_with(&ward, access.as_str().unwrap(), "mutation { signOut { signedOut } }").await;
        assert_eq!(out["data"]["signOut"]["signedOut"], true);
        assert_eq!(ask_with(&ward, access.as_str().unwrap(), ME).await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        assert_eq!(stranger.ask(REFRESH, refresh(&refresh_token)).await.code(), "UNAUTHENTICATED");
        let (access, _) = fresh(&stranger).await;
        ward.clock().set(ward.clock().now() + chrono::Duration::minutes(16));
        assert_eq!(ask_with(&ward, access.as_str().unwrap(), ME).await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    }

    async fn a_changed_password_ends_other_sign_ins(ward: Ward) {
        let stranger = ward.stranger();
        let (one, _) = fresh(&stranger).await;
        let (other, _) = fresh(&stranger).await;
        let change = |new: &str| format!(
            "mutation {{ changePassword(input: {{ currentPassword: \"{}\", newPassword: \"{new}\" }}) {{ session {{ accessToken }} userErrors {{ code field }} }} }}",
            crate::support::PASSWORD
        );
        let short = ask_with(&ward, one.as_str().unwrap(), &change("short")).await;
        assert_eq!(short["data"]["changePassword"]["userErrors"][0]["field"][0], "newPassword");
        let done = ask_with(&ward, one.as_str().unwrap(), &change("a better password")).await;
        let new = done["data"]["changePassword"]["session"]["accessToken"].as_str().unwrap().to_owned();
        assert_eq!(ask_with(&ward, &new, ME).await["data"]["me"]["username"], "mttq");
        assert_eq!(ask_with(&ward, other.as_str().unwrap(), ME).await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    }

    async fn anybody_can_check_a_token_by_the_published_key(ward: Ward) {
        let (access, _) = fresh(&ward.stranger()).await;
        let response = ward.stranger().request(reqwest::Method::GET, "/.well-known/jwks.json").send().await.unwrap();
        let set: jsonwebtoken::jwk::JwkSet = response.json().await.unwrap();
        let header = jsonwebtoken::decode_header(access.as_str().unwrap()).unwrap();
        let jwk = set.find(&header.kid.unwrap()).unwrap();
        let key = jsonwebtoken::DecodingKey::from_jwk(jwk).unwrap();
        let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
        // The harness's clock is not today's.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Value>(access.as_str().unwrap(), &key, &validation).unwrap().claims;
        assert_eq!(claims["iss"], "reform-api");
    }
}
