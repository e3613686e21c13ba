//! The whole of the admin in process: requests through the real router, cookies carried along,
//! pages parsed and asked.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use recto::accounts::{Accounts, Passwords};
use recto::admin::{DecodePool, Here, Settings, State};
use recto::store::Statement;
use scraper::{Html, Selector};
use secrecy::SecretString;
use tower::ServiceExt as _;

use super::{Backend, Statements, TestDesk};

/// The password of every account in tests.
pub const PASSWORD: &str = "wandering-otter-lantern-91";

/// An admin over a database of its own.
pub struct TestApp {
    pub desk: TestDesk,
    pub accounts: Accounts,
    pub router: Router,
}

impl TestApp {
    pub async fn new(backend: &Backend) -> Self {
        Self::with(backend, Settings { public_base: "http://api.test".into(), ..Settings::default() }, None)
            .await
    }

    pub async fn with(backend: &Backend, settings: Settings, watch: Option<Statement>) -> Self {
        Self::over(TestDesk::watched(backend, watch).await, settings)
    }

    /// One whose statements on the editorial database are counted.
    pub async fn counted(backend: &Backend) -> (Self, Statements) {
        let (desk, statements) = TestDesk::counted(backend).await;
        (Self::over(desk, Settings::default()), statements)
    }

    /// An admin over this desk.
    pub fn over(desk: TestDesk, settings: Settings) -> Self {
        Self::over_with(desk, settings, DecodePool::default())
    }

    /// The same, reading forms in this pool.
    pub fn over_with(desk: TestDesk, settings: Settings, pool: DecodePool) -> Self {
        // As cheap as argon2 allows: what is tested is not its strength.
        let passwords = Passwords::with_params(argon2::Params::new(8, 1, 1, None).unwrap());
        let accounts = Accounts::new(desk.store.clone(), desk.clock.clone(), passwords);
        let settings = Settings { reader: super::reader(), ..settings };
        let state = State {
            desk: desk.desk.clone(),
            accounts: accounts.clone(),
            settings,
            here: Here::default(),
            pool,
        };
        let router = recto::admin::router(state);
        Self { desk, accounts, router }
    }

    /// Somebody with this role, signed in.
    pub async fn user(&self, role: &str) -> Client {
        let email = format!("{role}@example.org");
        let system = recto::editing::User::system();
        let password = SecretString::from(PASSWORD);
        self.accounts.add_with_password(&system, &email, role, role, password).await.unwrap();
        let mut client = self.stranger();
        let page = client.post("/admin/sign-in", &[("email", &email), ("password", PASSWORD)]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        client
    }

    /// A contributor to these projects, signed in.
    pub async fn contributor(&self, projects: &[recto::content::Id]) -> Client {
        let client = self.user("contributor").await;
        let account = self.desk.store.account_by_email("contributor@example.org").await.unwrap().unwrap();
        let system = recto::editing::User::system();
        self.accounts
            .update(&system, &account.id, "contributor", "contributor", false, projects)
            .await
            .unwrap();
        client
    }

    /// Somebody who is not signed in.
    pub fn stranger(&self) -> Client {
        Client { router: self.router.clone(), cookie: None, htmx: false }
    }
}

/// A browser, as far as the server can tell.
#[derive(Clone)]
pub struct Client {
    router: Router,
    pub cookie: Option<String>,
    /// Whether it asks as htmx does.
    pub htmx: bool,
}

/// What came back.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Client {
    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.post_raw(path, body).await
    }

    pub async fn post_raw(&mut self, path: &str, body: impl Into<Body>) -> Page {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body.into())
            .unwrap();
        self.send(request).await
    }

    /// The bytes of an answer that is no page.
    pub async fn bytes(&mut self, mut request: Request<Body>) -> Vec<u8> {
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        response.into_body().collect().await.unwrap().to_bytes().to_vec()
    }

    pub async fn send(&mut self, mut request: Request<Body>) -> Page {
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
        }
        if self.htmx {
            request.headers_mut().insert("hx-request", "true".parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            self.cookie = if pair.ends_with('=') { None } else { Some(pair) };
        }
        let body = body.collect().await.unwrap().to_bytes();
        Page {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}

impl Page {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The page as a browser without scripts has it.
    pub fn html(&self) -> Html {
        Html::parse_document(&self.body.replace("<noscript>", "").replace("</noscript>", ""))
    }

    /// The texts of all elements that a selector finds.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let selector = Selector::parse(selector).unwrap();
        let tidy = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.html().select(&selector).map(|element| tidy(element.text().collect())).collect()
    }

    /// An attribute of the first element that a selector finds.
    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let selector = Selector::parse(selector).unwrap();
        self.html().select(&selector).next().and_then(|element| element.attr(name).map(str::to_owned))
    }

    pub fn has(&self, selector: &str) -> bool {
        self.html().select(&Selector::parse(selector).unwrap()).next().is_some()
    }

    /// What a browser would send of the page's item form, but for its buttons.
    pub fn form(&self) -> Form {
        self.form_of("#item-form")
    }

    /// The same of the form that a selector finds.
    pub fn form_of(&self, form: &str) -> Form {
        let html = self.html();
        let controls = format!("{form} input, {form} textarea, {form} select");
        let controls = Selector::parse(&controls).unwrap();
        let chosen = Selector::parse("option[selected]").unwrap();
        let mut pairs = Vec::new();
        for element in html.select(&controls) {
            let Some(name) = element.attr("name") else { continue };
            let value = match element.value().name() {
                "textarea" => element.text().collect::<String>(),
                "select" => {
                    let option = element.select(&chosen).next();
                    option.and_then(|option| option.attr("value")).unwrap_or_default().to_owned()
                }
                _ => {
                    let ticked = matches!(element.attr("type"), Some("checkbox" | "radio"));
                    if ticked && element.attr("checked").is_none() {
                        continue;
                    }
                    element.attr("value").unwrap_or_default().to_owned()
                }
            };
            pairs.push((name.to_owned(), value));
        }
        let action = Selector::parse(form).unwrap();
        let action = html.select(&action).next().and_then(|form| form.attr("action")).unwrap_or_default();
        Form { action: action.to_owned(), pairs }
    }
}

/// A form as it stands in the browser.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    pub pairs: Vec<(String, String)>,
}

impl Form {
    pub fn get(&self, name: &str) -> &str {
        self.pairs.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// Types into a control.
    #[must_use]
    pub fn fill(mut self, name: &str, value: &str) -> Self {
        match self.pairs.iter_mut().find(|(one, _)| one == name) {
            Some((_, old)) => *old = value.to_owned(),
            None => self.pairs.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// Sends it as the script does that saves it by itself: without its table.
    pub async fn autosave(&self, client: &mut Client) -> Page {
        let pairs = self.pairs.iter().filter(|(name, _)| !name.starts_with("outputs."));
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}/autosave", self.action))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(Body::from(body))
            .unwrap();
        client.send(request).await
    }

    /// Presses a button.
    pub async fn press(&self, client: &mut Client, what: &str) -> Page {
        let pairs = self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let pairs: Vec<(&str, &str)> = pairs.chain([("do", what)]).collect();
        client.post(&self.action, &pairs).await
    }
}
