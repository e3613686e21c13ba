//! Passwords: hashing, checking, and what a good one is. It must not know whose they are, and
//! never holds one longer than its work takes.

use std::sync::Arc;

use argon2::password_hash::Error as HashError;
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;
use zxcvbn::Score;

use crate::content::Problems;
use crate::error::{Error, Result};

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;
/// The most characters of a password.
pub const LONGEST: usize = 256;

/// How many passwords are worked on at once. Each takes a processor and 19 MiB for a while: a
/// flood of sign-ins must leave both to those who are already in.
const AT_ONCE: usize = 2;

// OWASP's Password Storage Cheat Sheet, Argon2id: m=19456 (19 MiB), t=2, p=1.
const _: () = assert!(Params::DEFAULT.m_cost() >= 19 * 1024 && Params::DEFAULT.t_cost() >= 2);

/// Hashes and checks passwords with Argon2id.
#[derive(Clone, Debug)]
pub struct Passwords {
    params: Params,
    /// No password's hash, but as much work to check.
    dummy: SecretString,
    turns: Arc<Semaphore>,
}

/// What a password is, held against a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is not the one.
    Wrong,
    /// It is the one.
    Right,
    /// It is the one, but its hash is weaker than today's: hash it again.
    Outdated,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::with_params(Params::DEFAULT)
    }
}

impl Passwords {
    /// With other parameters than OWASP's; cheap ones are for tests alone.
    #[must_use]
    pub fn with_params(params: Params) -> Self {
        let (memory, passes, lanes) = (params.m_cost(), params.t_cost(), params.p_cost());
        let (salt, output) = ("A".repeat(22), "A".repeat(43));
        let dummy = format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${output}");
        Self { params, dummy: SecretString::from(dummy), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The password's hash in PHC format, with a salt of its own.
    ///
    /// # Errors
    /// Where the machine has no randomness or memory for it.
    pub async fn hash(&self, password: SecretString) -> Result<SecretString> {
        let argon = self.argon();
        self.work(move || {
            let hash = argon.hash_password(password.expose_secret().as_bytes()).map_err(Error::internal)?;
            Ok(SecretString::from(hash.to_string()))
        })
        .await
    }

    /// Holds a password against a hash. Without one the answer is [`Verdict::Wrong`] after equal
    /// work, so that time does not tell which names exist.
    ///
    /// # Errors
    /// Where the hash is none, or the machine has no memory for it.
    pub async fn verify(&self, password: SecretString, hash: Option<&SecretString>) -> Result<Verdict> {
        let argon = self.argon();
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.dummy).clone();
        self.work(move || {
            let hash = PasswordHash::new(hash.expose_secret()).map_err(Error::internal)?;
            match argon.verify_password(password.expose_secret().as_bytes(), &hash) {
                Err(HashError::PasswordInvalid) => Ok(Verdict::Wrong),
                Err(error) => Err(Error::internal(error)),
                Ok(()) if !known => Ok(Verdict::Wrong),
                Ok(()) if weaker(&hash, argon.params()) => Ok(Verdict::Outdated),
                Ok(()) => Ok(Verdict::Right),
            }
        })
        .await
    }

    /// What is wrong with a new password, at the field `password`. `inputs` is what others know or guess:
    /// the person's name and address, the site's name.
    ///
    /// # Errors
    /// Where the machine cannot do it.
    pub async fn check(&self, password: SecretString, inputs: Vec<String>) -> Result<Problems> {
        self.work(move || Ok(check(&password, &inputs.iter().map(String::as_str).collect::<Vec<_>>()))).await
    }

    fn argon(&self) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone())
    }

    async fn work<T: Send + 'static>(&self, job: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(Error::internal)?;
        // The turn goes along: a caller who gives up meanwhile must not free it while the work
        // still runs.
        let worked = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            job()
        });
        worked.await.map_err(Error::internal)?
    }
}

/// Whether a hash was made with less work than these parameters ask for.
fn weaker(hash: &PasswordHash, params: &Params) -> bool {
    let Ok(used) = Params::try_from(hash) else { return true };
    hash.algorithm != Algorithm::Argon2id.ident()
        || hash.version != Some(Version::V0x13.into())
        || used.m_cost() < params.m_cost()
        || used.t_cost() < params.t_cost()
}

/// The fewest characters that a password must have beside what others guess.
const OWN: usize = 6;

/// How many characters of a password are weighed, and of each thing that others guess: zxcvbn takes more
/// than the square of them. What follows can only make a password stronger.
const WEIGHED: usize = 100;

/// How many words of what others guess are looked for.
const WORDS: usize = 50;

fn beginning(text: &str) -> &str {
    text.char_indices().nth(WEIGHED).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// Whether a password is little more than such words, said several times. zxcvbn finds them, but
/// takes each one more for ten thousand times as hard.
fn is_said_again(password: &str, guessable: &[&str]) -> bool {
    let plain = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let mut words: Vec<String> =
        guessable.iter().map(|word| plain(word)).filter(|word| !word.is_empty()).collect();
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    let left = words.iter().fold(plain(password), |left, word| left.replace(word, ""));
    left.chars().count() < OWN
}

/// The same, here and now. Takes some milliseconds.
pub(super) fn check(password: &SecretString, inputs: &[&str]) -> Problems {
    let password = password.expose_secret();
    let mut problems = Problems::default();
    let mut wrong = |code, message: String| problems.add("password", code, message);
    let length = password.chars().count();
    if password.trim().is_empty() {
        wrong("missing", format!("Choose a password of at least {SHORTEST} characters."));
    } else if length < SHORTEST {
        wrong(
            "too_short",
            format!("This has {length} characters; use at least {SHORTEST}. A few words do well."),
        );
    } else if length > LONGEST {
        wrong("too_long", format!("This has {length} characters; shorten it to {LONGEST}."));
    } else {
        // zxcvbn takes each input as one word of a dictionary; names come as several.
        let words = inputs.iter().flat_map(|input| input.split(|c: char| !c.is_alphanumeric()));
        let guessable: Vec<&str> = ["recto"]
            .into_iter()
            .chain(inputs.iter().copied())
            .chain(words)
            .filter(|word| word.chars().count() > 2)
            .map(beginning)
            .take(WORDS)
            .collect();
        if zxcvbn::zxcvbn(beginning(password), &guessable).score() < Score::Three
            || is_said_again(password, &guessable)
        {
            let mend = "This is easy to guess. Use four or more words that have nothing to do with each other, \
                        with you or with this site.";
            wrong("too_weak", mend.to_owned());
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ones_own_name_is_no_password_however_often() {
        let weak = |password: &str| {
            let about = ["jo.marsh@example.org", "Jo Marsh", "Centre for Policing"];
            !check(&SecretString::from(password), &about).0.is_empty()
        };
        for password in [
            "jo marsh jo marsh",
            "Jo Marsh, Jo Marsh!",
            "marsh-marsh-marsh-marsh",
            "jo.marsh@example.org",
            "jo.marsh@example.org jo.marsh",
            "policing centre recto marsh",
            "JoMarsh2024JoMarsh",
        ] {
            assert!(weak(password), "{password}");
        }
        for password in ["wandering-otter-lantern-91", "marsh kettle violin thunder"] {
            assert!(!weak(password), "{password}");
        }
    }

    /// A text said again until it has so many characters.
    fn again(text: &str, length: usize) -> String {
        text.chars().cycle().take(length).collect()
    }

    #[test]
    fn what_is_long_is_judged_by_how_it_begins() {
        let wrong = |password: &str, about: &[&str]| {
            check(&SecretString::from(password), about).at("password").map(|problem| problem.code)
        };
        for length in [99, 100, 101, 253, 256] {
            for weak in ["password ", "marsh ", "a", "ü", "12345 ", "Jo Marsh "] {
                let password = again(weak, length);
                assert_eq!(wrong(&password, &["Jo Marsh"]), Some("too_weak"), "{weak} {length}");
            }
            for good in ["wandering otter lantern kettle ", "grüne Laternen im Steinbruch "] {
                let password = again(good, length);
                assert_eq!(wrong(&password, &["Jo Marsh"]), None, "{good} {length}");
            }
        }
        // However much others know, each is looked at for a while only.
        let name = again("marsh-kettle-thunder ", 4_000);
        assert_eq!(wrong("wandering-otter-lantern-91", &[&name, &name, &name]), None);
        assert_eq!(wrong("kettle marsh kettle marsh", &[&name]), Some("too_weak"));
    }

    #[test]
    fn a_beginning_ends_between_characters() {
        for text in
            ["", "abc", &again("ü", 99), &again("ü", 100), &again("🦦a", 101), &again("e\u{301}", 300)]
        {
            let begins = beginning(text);
            assert_eq!(begins, text.chars().take(WEIGHED).collect::<String>());
        }
    }
}
