//! Examples of answers, shortened. A test holds those in JSON to the schemas.

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

/// What `GET /api/v1/navigation` answers.
pub(super) fn navigation() -> Json {
    json!({
        "data": {
            "home": {
                "id": "01890a5d-ac96-774b-bcce-b302099a8060", "object": "page", "slug": "home", "path": "/", "title": "Home",
            },
            "themes": [{
                "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                "object": "theme",
                "slug": "leadership-management-and-organisation",
                "path": "/research/leadership-management-and-organisation",
                "number": 3,
                "title": "Leadership, management and organisation",
                "projects": 7,
            }],
            "pages": [{
                "id": "01890a5d-ac96-774b-bcce-b302099a8061",
                "object": "page",
                "slug": "about",
                "path": "/about",
                "title": "About",
                "children": [],
            }],
            "counts": {
                "themes": 6, "organisations": 12, "people": 34, "projects": 41, "outputs": 210, "news": 18, "events": 9,
                "pages": 7,
            },
        },
        "links": { "self": "/api/v1/navigation" },
    })
}

/// What `GET /api/v1/changes` answers.
pub(super) fn changes() -> Json {
    json!({
        "data": [{
            "id": "01890a5d-ac96-774b-bcce-b302099a805b",
            "object": "output",
            "slug": "empowering-learning",
            "change": "published",
            "at": "2026-03-02T09:00:00.000Z",
            "paths": ["/outputs/empowering-learning", "/outputs/learning"],
            "tags": [
                "output:01890a5d-ac96-774b-bcce-b302099a805b",
                "outputs",
                "project:01890a5d-ac96-774b-bcce-b302099a805a",
            ],
        }],
        "page": { "next": "YWZ0ZXIgMTI", "more": false, "latest": "YWZ0ZXIgMTI", "limit": 20 },
        "links": { "self": "/api/v1/changes?since=YWZ0ZXIgMTE" },
    })
}

/// What `GET /api/v1/changes/stream` answers.
pub(super) const STREAM: &str = "id: YWZ0ZXIgMTE\nretry: 5000\n\nid: YWZ0ZXIgMTI\nevent: change\n\
    data: {\"id\":\"01890a5d-ac96-774b-bcce-b302099a805b\",\"object\":\"output\"}\n\n";

/// What `GET /api/v1/news.atom` answers.
pub(super) fn atom() -> Json {
    json!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><feed xmlns=\"http://www.w3.org/2005/Atom\">\
        <id>urn:uuid:01890a5d-ac96-574b-bcce-b302099a8062</id><title>Centre for Policing: News</title>\
        <updated>2026-03-02T09:00:00.000Z</updated></feed>"
    )
}

/// What `GET /api/v1/news.json` answers.
pub(super) fn json_feed() -> Json {
    json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Centre for Policing: News",
        "home_page_url": "https://www.example.org/",
        "feed_url": "https://api.example.org/api/v1/news.json",
        "items": [{
            "id": "urn:uuid:01890a5d-ac96-774b-bcce-b302099a8063",
            "url": "https://www.example.org/news/a-report",
            "title": "A report",
            "content_text": "Our report is out.",
            "date_published": "2026-03-02T00:00:00.000Z",
        }],
    })
}

/// What `GET /api/v1/events.ics` answers.
pub(super) const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Recto//Recto//EN\r\n\
    BEGIN:VEVENT\r\nDTEND:20240115T130000Z\r\nDTSTAMP:20260302T090000Z\r\nDTSTART:20240115T110000Z\r\n\
    SEQUENCE:12\r\nSTATUS:CONFIRMED\r\nSUMMARY:Research Priority workshop\r\n\
    UID:01890a5d-ac96-774b-bcce-b302099a8064\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/// What `GET /sitemap.xml` answers.
pub(super) const SITEMAP: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
    <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"><url><loc>https://www.example.org/</loc>\
    <lastmod>2026-03-02T09:00:00.000Z</lastmod></url></urlset>";
