//! The projects of a contributor: which can be chosen, and the boxes to tick. It must not assign.

use maud::{Markup, html};

use crate::admin::State;
use crate::admin::failure::Failure;
use crate::content::types::PROJECT;
use crate::content::{Id, Problems};
use crate::published::{Filter, Scalar, Select};
use crate::store::State as ItemState;

/// How many projects are offered for assignment.
const PROJECTS_MAX: i64 = 500;

/// The projects that an administrator can choose from: id and title, those assigned first.
pub(super) async fn projects(
    state: &State,
    assigned: &[Id],
) -> Result<(Vec<(String, String)>, i64), Failure> {
    let lists = state.desk.lists();
    let states = [ItemState::Draft, ItemState::Published, ItemState::Changed];
    let states = states.iter().map(|state| Scalar::Text(state.name().to_owned())).collect();
    let found = lists
        .list(&Select {
            filters: vec![Filter::Key("_state", states)],
            limit: PROJECTS_MAX,
            ..Select::of(&PROJECT)
        })
        .await?;
    // What is assigned is shown even if it lies in the trash or beyond the most that are listed.
    let mine: Vec<String> = assigned.iter().map(ToString::to_string).collect();
    let mut first: Vec<(String, String)> =
        lists.titles(&mine).await?.into_iter().map(|(id, document)| (id, document.title)).collect();
    first.sort_by(|one, other| one.1.cmp(&other.1));
    let others = found.items.into_iter().map(|one| (one.id, one.title)).filter(|(id, _)| !mine.contains(id));
    first.extend(others);
    Ok((first, found.total - PROJECTS_MAX))
}

pub(super) fn assigned_projects(
    projects: &[(String, String)],
    more: i64,
    assigned: &[String],
    problems: &Problems,
) -> Markup {
    let problem = problems.at("assigned");
    html! {
        section.group aria-labelledby="projects" {
            h2 #projects { "Projects" }
            input type="hidden" name="assigned" value="";
            @if projects.is_empty() {
                p.about #f-assigned { "There are no projects yet." }
            } @else {
                fieldset.field.choices #f-assigned tabindex="-1" aria-describedby="f-assigned-help"
                    data-field="assigned" data-label="Projects" {
                    legend { "Assigned to them" }
                    p.help #f-assigned-help {
                        "They edit these projects and what belongs to them, as long as their role is contributor."
                        @if more > 0 { " The first " (PROJECTS_MAX) " projects are listed." }
                    }
                    div.control {
                        @for (id, title) in projects {
                            label.choice {
                                input type="checkbox" name="assigned" value=(id) id={ "assigned-" (id) }
                                    checked[assigned.contains(id)];
                                " " (title)
                            }
                        }
                    }
                    @if let Some(problem) = problem { p.error #f-assigned-error { (problem.message) } }
                }
            }
        }
    }
}
