//! An example of the project page, shortened. A test holds it to the schemas.

use serde_json::{Value as Json, json};

/// What `GET /api/v1/projects/3.07` answers.
pub(super) fn project() -> Json {
    let theme_path = "/research/leadership-management-and-organisation";
    let project_path = "/research/leadership-management-and-organisation/organisational-learning";
    let theme = json!({
        "id": "01890a5d-ac96-774b-bcce-b302099a8057",
        "object": "theme",
        "slug": "leadership-management-and-organisation",
        "path": theme_path,
        "number": 3,
        "title": "Leadership, management and organisation",
    });
    let person = json!({
        "id": "01890a5d-ac96-774b-bcce-b302099a8058",
        "object": "person",
        "slug": "leah-tomkins",
        "path": "/people/leah-tomkins",
        "display_name": "Dr Leah Tomkins",
        "job_title": "Senior Lecturer",
    });
    let project = json!({
        "id": "01890a5d-ac96-774b-bcce-b302099a805a",
        "object": "project",
        "slug": "organisational-learning",
        "path": project_path,
        "code": "3.07",
        "title": "Organisational learning",
        "status": "complete",
        "status_label": "Complete",
    });
    let mut data = json!({
        "breadcrumbs": [
            { "title": "Home", "path": "/" },
            { "title": "Research", "path": "/research" },
            { "title": "Theme 3: Leadership, management and organisation", "path": theme_path },
            { "title": "3.07 Organisational learning", "path": project_path },
        ],
        "theme": theme,
        "body": "<p>With leaders, officers and staff we look at how a police service learns.</p>",
        "body_text": "With leaders, officers and staff we look at how a police service learns.",
        "team": [{ "role": "Principal investigator", "person": person }],
        "partners": [{
            "role": "policing_partner",
            "role_label": "Policing partner",
            "organisation": {
                "id": "01890a5d-ac96-774b-bcce-b302099a8059",
                "object": "organisation",
                "slug": "metropolitan-police-service",
                "path": "/organisations/metropolitan-police-service",
                "name": "Metropolitan Police Service",
            },
        }],
        "outputs": [{
            "id": "01890a5d-ac96-774b-bcce-b302099a805b",
            "object": "output",
            "slug": "empowering-learning",
            "path": "/outputs/empowering-learning",
            "title": "Empowering learning",
            "type": {
                "id": "01890a5d-ac96-774b-bcce-b302099a805c",
                "object": "term",
                "slug": "board-report",
                "label": "Board report",
            },
            "authors": [{ "name": "Bristow, A", "lead": true }],
            "year": 2019,
            "availability": "on_request",
            "availability_label": "Available on request",
            "projects": [{ "position": 5120, "project": project }],
            "lead": { "name": "Bristow, A" },
            "to_note": "Available on request",
            "published_at": "2026-03-02T09:00:00.000Z",
            "updated_at": "2026-03-02T09:00:00.000Z",
        }],
        "news": [],
        "events": [],
        "published_at": "2026-03-02T09:00:00.000Z",
        "updated_at": "2026-03-02T09:00:00.000Z",
    });
    if let (Some(data), Some(project)) = (data.as_object_mut(), project.as_object()) {
        for (name, value) in project {
            data.insert(name.clone(), value.clone());
        }
    }
    json!({ "data": data, "links": { "self": "/api/v1/projects/3.07" } })
}
