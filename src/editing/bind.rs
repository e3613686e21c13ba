//! Names as credited, and who is meant: binding a name to a person wherever it is credited, or in some
//! outputs; making the person; remembering that a name is nobody's of the centre. It must not guess:
//! whom it can mean, `meant` says, and somebody decides.

use chrono::DateTime;

use super::deed::Doing;
use super::permission::{self, User, Verb};
use super::save::{EDITS_MAX, Edit, save_in};
use super::{Desk, meant, named};
use crate::content::document::{self, names};
use crate::content::parsed::{name_key, name_parts};
use crate::content::types::{CREDITED_AS, OUTPUT, PERSON};
use crate::content::{Id, Item, Value, text};
use crate::error::{Error, Result};
use crate::store::{Deed, Reason, State};

/// The longest name that can be credited, in bytes: 200 characters.
const NAME_MAX: usize = 800;

/// How many names can be said to be nobody's at once.
const AT_ONCE: usize = 500;

/// The key of a name that somebody has decided about.
fn key_of(said: &str) -> Result<String> {
    let key = if said.len() <= NAME_MAX { name_key(said) } else { String::new() };
    if key.is_empty() {
        return Err(Error::Refused("This is no name that anything could credit.".to_owned()));
    }
    Ok(key)
}

/// What somebody has decided about a credited name.
#[derive(Clone, Debug)]
pub struct Binding<'name> {
    /// The name as it is written.
    pub said: &'name str,
    /// Who is meant; none for a person who is made now.
    pub person: Option<Id>,
    /// In which outputs; none for all that credit it.
    pub outputs: Option<Vec<Id>>,
    /// Whether the public sees it at once, where it sees the output.
    pub publish: bool,
}

/// What binding came to.
#[derive(Clone, Debug, Default)]
pub struct Bound {
    /// The number under which it can be taken back.
    pub batch: String,
    /// How many outputs name the person now.
    pub bound: usize,
    /// How many are not theirs to change, and stay as they are.
    pub left: usize,
}

/// Binds a name to a person. The spelling is learned: the next import knows it.
///
/// # Errors
/// [`Error::Denied`]; [`Error::Refused`] where nothing credits the name so any more, or too much does;
/// [`Error::NotFound`] where there is no such person.
pub async fn bind(desk: &Desk, user: &User, binding: &Binding<'_>) -> Result<Bound> {
    if !user.may(Verb::Save, OUTPUT.name) {
        return Err(Error::Denied(
            "Your role is viewer: you can read this, but not change it. Ask an editor.",
        ));
    }
    let key = key_of(binding.said)?;
    let crediting = crediting(desk, binding, &key).await?;
    let batch = Id::new(desk.clock.now()).to_string();
    let person = match binding.person {
        Some(person) => person,
        None => {
            let person = named(&desk.clock, &PERSON, None, binding.said)?;
            let id = person.id;
            save_in(desk, user, &[Edit::new(person)], Some((&batch, Deed::BIND))).await?;
            id
        }
    };
    let mut doing = Doing::begin(desk, user, Some(batch.clone()), Reason::Batch).await?;
    let known = permission::load(&doing.tx, user, Verb::Read, person).await?;
    if known.item.content_type != &PERSON {
        return Err(Error::NotFound);
    }
    if known.state() == State::Trashed {
        return Err(Error::Refused("This person is in the trash. Take them out first.".to_owned()));
    }
    let publish = binding.publish && user.may(Verb::Publish, OUTPUT.name);
    let mut done = Bound { batch, ..Bound::default() };
    for stored in doing.tx.items(&OUTPUT, &crediting).await? {
        if stored.state() == State::Trashed || !user.may_with(Verb::Save, &stored) {
            done.left += 1;
            continue;
        }
        let how = |output: &Item| credit(output, &key, person);
        if doing.rewrite(&stored, Deed::BIND, publish, &how).await?.is_some() {
            done.bound += 1;
        }
    }
    if done.bound == 0 {
        let why = match done.left {
            0 => "Nothing credits this name without a person any more.",
            _ => "What credits this name is in projects that are not assigned to you. Ask an editor.",
        };
        return Err(Error::Refused(why.to_owned()));
    }
    // Who was meant is told with the deed; contributors bind, and do not change people.
    if binding.person.is_some() {
        let learned = match user.may_with(Verb::Save, &known) {
            true => {
                doing.rewrite(&known, Deed::BIND, true, &|person| learned(person, &[binding.said])).await?
            }
            false => None,
        };
        if learned.is_none() {
            doing.note(&known, &known, Deed::BIND, None).await?;
        }
    }
    doing.tx.remove_outsider(&key).await?;
    doing.finish().await?;
    Ok(done)
}

/// The outputs that are meant, of those that credit the name.
async fn crediting(desk: &Desk, binding: &Binding<'_>, key: &str) -> Result<Vec<Id>> {
    let most = i64::try_from(EDITS_MAX).unwrap_or(i64::MAX);
    let outputs = match &binding.outputs {
        Some(outputs) => outputs.clone(),
        None => {
            let found = desk.lists().crediting(key, most + 1).await?;
            found.iter().filter_map(|output| output.id.parse().ok()).collect()
        }
    };
    if outputs.len() > EDITS_MAX {
        return Err(Error::Refused(format!(
            "More than {EDITS_MAX} outputs credit this name. Bind it in parts, output by output."
        )));
    }
    Ok(outputs)
}

/// The output with this name bound wherever it stands without a person.
fn credit(output: &Item, key: &str, person: Id) -> Item {
    let mut output = output.clone();
    let mut authors = output.rows("authors").to_vec();
    for author in authors.iter_mut().filter(|author| author.target.is_none()) {
        if name_key(&text::print(output.cell("authors", author, "name"))) == key {
            author.target = Some(person);
        }
    }
    output.set("authors", Value::Many(authors));
    output
}

/// The names by which a person is known, as they are written.
pub(super) fn known_as(person: &Item) -> Vec<String> {
    let document = document::draft(person, State::Draft.name(), DateTime::UNIX_EPOCH, None);
    names(&PERSON, &document).1.into_iter().map(|name| name.said).collect()
}

/// The person with these spellings among those under which they are credited, where they are not known
/// by them already. What does not fit is left out.
pub(super) fn learned(person: &Item, spellings: &[&str]) -> Item {
    let mut person = person.clone();
    let Some(field) = PERSON.field(CREDITED_AS) else { return person };
    for said in spellings {
        let key = name_key(said);
        let own = meant::own_name(&person) == name_parts(said);
        if key.is_empty() || own || known_as(&person).iter().any(|known| name_key(known) == key) {
            continue;
        }
        let lines = [person.text(CREDITED_AS), said.trim()];
        let lines = lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
        if let Ok(value) = text::parse(&field.kind, &lines) {
            person.set(CREDITED_AS, value);
        }
    }
    person
}

/// Remembers names that are nobody's of the centre, or asks about them again.
///
/// # Errors
/// [`Error::Denied`]: whoever may not make people may not say so for all.
pub async fn set_outsiders(desk: &Desk, user: &User, said: &[String], outsiders: bool) -> Result<()> {
    if !user.may(Verb::Create, PERSON.name) {
        return Err(Error::Denied("Only editors can say whose names these are. Ask one of them."));
    }
    let (now, by) = (desk.clock.now(), user.account.as_deref());
    if said.len() > AT_ONCE {
        return Err(Error::Refused(format!("At most {AT_ONCE} names can be decided about at once.")));
    }
    let tx = desk.store.write().await?;
    for said in said {
        let key = key_of(said)?;
        if outsiders {
            tx.add_outsider(&key, said.trim(), by, now).await?;
        } else {
            tx.remove_outsider(&key).await?;
        }
        let verb = if outsiders { "outsider" } else { "no_outsider" };
        tx.audit(now, by, verb, None, said.trim()).await?;
    }
    tx.commit().await
}
