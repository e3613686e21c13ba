//! A client that asks over connections that stay open, each as soon as it is answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How many ask at the same time.
const CONNECTIONS: usize = 16;

/// What came of asking.
pub struct Load {
    /// Answers a second.
    pub rate: f64,
    /// Of a hundred answers the slowest but one took so long.
    pub p99: Duration,
}

/// An answer.
pub struct Answer {
    /// Its status line and headers.
    pub head: String,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header of this name, in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

impl Answer {
    /// All headers but those that servers write themselves.
    pub fn headers(&self) -> Vec<(String, String)> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        let own = lines.filter(|(name, _)| !matches!(*name, "date" | "content-length" | "connection"));
        own.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

/// A request as it is written.
pub fn request(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}\r\n").into_bytes()
}

/// An open connection with what was read ahead.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: vec![0; 1 << 20], filled: 0 }
    }

    /// Asks, and gives where the head ends and where the body does.
    async fn ask(&mut self, request: &[u8]) -> (usize, usize) {
        self.filled = 0;
        self.stream.write_all(request).await.unwrap();
        let (mut head, mut end) = (0, usize::MAX);
        while self.filled < end {
            if self.filled == self.buffer.len() {
                self.buffer.resize(self.buffer.len() * 2, 0);
            }
            let read = self.stream.read(&mut self.buffer[self.filled..]).await.unwrap();
            assert!(read > 0, "the server hung up");
            self.filled += read;
            if head == 0
                && let Some(at) = self.buffer[..self.filled].windows(4).position(|four| four == b"\r\n\r\n")
            {
                head = at + 4;
                end = head + length(&self.buffer[..head]);
            }
        }
        (head, end)
    }
}

/// What the head says of the body's length; one that is not modified has none.
fn length(head: &[u8]) -> usize {
    if head.starts_with(b"HTTP/1.1 304") {
        return 0;
    }
    let name = b"content-length: ";
    let at = head.windows(name.len()).position(|part| part.eq_ignore_ascii_case(name)).expect("a length");
    let digits = head[at + name.len()..].iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'))
}

/// The answer to one request.
pub async fn ask(address: SocketAddr, path: &str, headers: &str) -> Answer {
    let mut connection = Connection::open(address).await;
    let (head, end) = connection.ask(&request(path, headers)).await;
    Answer {
        head: String::from_utf8(connection.buffer[..head].to_vec()).unwrap(),
        body: connection.buffer[head..end].to_vec(),
    }
}

/// Asks these one after the other, over and over, for so long.
pub async fn load(address: SocketAddr, requests: &Arc<Vec<Vec<u8>>>, time: Duration) -> Load {
    let begun = Instant::now();
    let mut asking = tokio::task::JoinSet::new();
    for first in 0..CONNECTIONS {
        let requests = requests.clone();
        asking.spawn(async move {
            let mut connection = Connection::open(address).await;
            let mut taken = Vec::new();
            for at in first.. {
                let asked = Instant::now();
                if asked.duration_since(begun) > time {
                    break;
                }
                connection.ask(&requests[at % requests.len()]).await;
                taken.push(asked.elapsed());
            }
            taken
        });
    }
    let mut taken: Vec<Duration> = asking.join_all().await.into_iter().flatten().collect();
    let rate = taken.len() as f64 / begun.elapsed().as_secs_f64();
    taken.sort_unstable();
    Load { rate, p99: taken[taken.len() * 99 / 100] }
}
