//! Tests of connections, over real sockets. Where nothing is left to wait for but time, time is
//! moved on by tokio: nobody sleeps.

use axum::body::Bytes;
use axum::extract::Request as Asked;
use axum::http::StatusCode;
use axum::routing::{get, post};
use futures_util::stream;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::super::http::dress;
use super::*;

const IDLE: Duration = Duration::from_secs(75);
const LONGEST: Duration = Duration::from_secs(20);

/// A server, and what tells it to end.
struct Served {
    address: SocketAddr,
    bounds: Bounds,
    end: watch::Sender<bool>,
    server: JoinHandle<()>,
}

async fn served(router: Router, most: usize) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let bounds = Bounds { places: Arc::new(Semaphore::new(most)), most, idle: IDLE, stall: STALL };
    let (end, ended) = watch::channel(false);
    let server = tokio::spawn(serve(
        listener,
        Side { router: dress(router, LONGEST), memory: None },
        bounds.clone(),
        ended,
    ));
    Served { address, bounds, end, server }
}

impl Served {
    async fn send(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// Waits until nobody is connected any more.
    async fn emptied(&self) {
        let all = u32::try_from(self.bounds.most).unwrap();
        drop(self.bounds.places.acquire_many(all).await.unwrap());
    }
}

/// All that comes until the connection ends. A reset is an end too.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8(bytes).unwrap()
}

/// One answer of a connection that stays open: up to the end of this body.
async fn answer(stream: &mut TcpStream, body: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(body) {
        let mut some = [0; 4_096];
        let length = stream.read(&mut some).await.unwrap();
        assert!(length > 0, "the connection ended: {text}");
        text.push_str(std::str::from_utf8(&some[..length]).unwrap());
    }
    text
}

fn hello() -> Router {
    Router::new().route("/", get(async || "hello")).route("/", post(async |body: String| body))
}

const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

#[tokio::test(start_paused = true)]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let served = served(hello(), 10).await;
    for head in ["", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nhost: a\r\nx: "] {
        let begun = Instant::now();
        let mut stream = served.send(head).await;
        let told = rest(&mut stream).await;
        assert!(!told.contains("200 OK"), "{told}");
        assert!(begun.elapsed() <= IDLE + STALL, "{head}");
    }
    // One letter now and then does not help.
    let begun = Instant::now();
    let mut stream = served.send("GET / HTTP/1.1\r\nx: ").await;
    let mut buffer = [0; 1];
    loop {
        let dribbled = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut buffer)).await;
        match dribbled {
            Err(_) => stream.write_all(b"y").await.unwrap_or_default(),
            Ok(Ok(1)) => {}
            Ok(_) => break,
        }
        assert!(begun.elapsed() <= 2 * IDLE, "it may dribble for ever");
    }
    served.emptied().await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_not_used_goes() {
    let served = served(hello(), 10).await;
    let mut stream = served.send(GET).await;
    assert!(answer(&mut stream, "hello").await.starts_with("HTTP/1.1 200 OK"));
    assert_eq!(rest(&mut stream).await, "");
    served.emptied().await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let served = served(hello(), 10).await;
    let mut stream = served.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhel").await;
    let told = rest(&mut stream).await;
    assert!(told.starts_with("HTTP/1.1 503 "), "{told}");
    served.emptied().await;
}

#[tokio::test(start_paused = true)]
async fn whoever_does_not_take_the_answer_is_let_go() {
    // More than the machine keeps for the two of them.
    let router = Router::new().route(
        "/",
        get(async || {
            let parts = stream::iter((0..1_000).map(|_| Ok::<_, Infallible>(Bytes::from(vec![0; 100_000]))));
            Body::from_stream(parts)
        }),
    );
    let served = served(router, 10).await;
    let mut stream = served.send(GET).await;
    stream.read_exact(&mut [0; 100]).await.unwrap();
    assert_eq!(served.bounds.open(), 1);
    served.emptied().await;
    drop(stream);
}

#[tokio::test(start_paused = true)]
async fn who_listens_may_stay() {
    let router = Router::new().route(
        "/",
        get(async || {
            let parts = stream::unfold(0, async |number| {
                tokio::time::sleep(Duration::from_secs(15)).await;
                (number < 40).then(|| (Ok::<_, Infallible>(": \n\n"), number + 1))
            });
            Body::from_stream(Box::pin(parts))
        }),
    );
    let served = served(router, 10).await;
    let begun = Instant::now();
    let mut stream = served.send("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    let told = rest(&mut stream).await;
    assert_eq!(told.matches(": \n\n").count(), 40, "{told}");
    assert!(begun.elapsed() > 4 * IDLE);
}

#[tokio::test]
async fn a_head_is_of_bounded_length() {
    let served = served(hello(), 10).await;
    let long = "x".repeat(HEAD);
    let mut stream = served.send(&format!("GET / HTTP/1.1\r\nhost: a\r\nx: {long}\r\n\r\n")).await;
    let told = rest(&mut stream).await;
    assert!(told.is_empty() || told.starts_with("HTTP/1.1 431 "), "{told}");
}

#[tokio::test]
async fn more_than_there_is_room_for_wait_their_turn() {
    let served = served(hello(), 1).await;
    let mut first = served.send(GET).await;
    answer(&mut first, "hello").await;
    assert_eq!(served.bounds.open(), 1);
    let mut second = served.send(GET).await;
    // The first is still served, the second waits.
    first.write_all(GET.as_bytes()).await.unwrap();
    answer(&mut first, "hello").await;
    drop(first);
    answer(&mut second, "hello").await;
}

#[tokio::test]
async fn at_the_end_everybody_who_came_is_answered() {
    let (begun, mut begin) = mpsc::channel::<()>(10);
    let go = Arc::new(Notify::new());
    let waits = go.clone();
    let router = hello().route(
        "/slow",
        get(async move |_: Asked| {
            let waited = waits.notified();
            begun.send(()).await.unwrap();
            waited.await;
            (StatusCode::OK, "slow")
        }),
    );
    let served = served(router, 3).await;
    let mut idle = served.send(GET).await;
    answer(&mut idle, "hello").await;
    let mut unused = served.send("").await;
    let mut slow = served.send("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await;
    begin.recv().await.unwrap();
    // Nobody has looked after these: there is room for three.
    let mut queued = served.send(GET).await;
    let mut late = served.send("GET / HTTP/1.1\r\n").await;

    served.end.send(true).unwrap();
    assert_eq!(rest(&mut idle).await, "", "a connection without a request is closed, no more");
    assert_eq!(rest(&mut unused).await, "");
    let told = rest(&mut queued).await;
    assert!(told.starts_with("HTTP/1.1 200 OK") && told.contains("connection: close"), "{told}");
    late.write_all(b"host: a\r\n\r\n").await.unwrap();
    assert!(rest(&mut late).await.ends_with("hello"));
    let refused = TcpStream::connect(served.address).await;
    assert!(refused.is_err(), "it still listens");
    assert!(!served.server.is_finished());
    go.notify_one();
    let told = rest(&mut slow).await;
    assert!(told.contains("connection: close") && told.ends_with("slow"), "{told}");
    served.server.await.unwrap();
}
