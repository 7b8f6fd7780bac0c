-- The core's tables. Every key and every index begins with the workspace, so that the schema shards unchanged.
-- One text for SQLite and PostgreSQL: ids are text, times are milliseconds, documents are JSON text that SQL never looks into.

create table workspace (
    id text not null primary key,
    name text not null,
    time_zone text not null,
    settings text not null,
    version bigint not null,
    event_seq bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);

create table person (
    workspace_id text not null references workspace (id),
    id text not null,
    email text not null,
    name text not null,
    role text not null,
    weights text,
    absent_until bigint,
    disabled_at bigint,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (workspace_id, id)
);
create unique index person_email on person (workspace_id, email);

-- How a person proves who they are: provider 'password' keeps an Argon2id hash, an OpenID provider keeps nothing.
create table identity (
    workspace_id text not null,
    provider text not null,
    subject text not null,
    person_id text not null,
    secret text,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (workspace_id, provider, subject),
    foreign key (workspace_id, person_id) references person (workspace_id, id)
);
create index identity_person on identity (workspace_id, person_id);

create table session (
    workspace_id text not null,
    id text not null,
    token_hash text not null,
    person_id text not null,
    csrf text not null,
    agent text not null,
    created_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null,
    primary key (workspace_id, id),
    foreign key (workspace_id, person_id) references person (workspace_id, id)
);
create unique index session_token on session (workspace_id, token_hash);
create index session_person on session (workspace_id, person_id);

create table api_key (
    workspace_id text not null,
    id text not null,
    person_id text not null,
    name text not null,
    prefix text not null,
    token_hash text not null,
    scopes text not null,
    created_at bigint not null,
    used_at bigint,
    revoked_at bigint,
    primary key (workspace_id, id),
    foreign key (workspace_id, person_id) references person (workspace_id, id)
);
create unique index api_key_token on api_key (workspace_id, token_hash);

create table idempotency (
    workspace_id text not null,
    key_hash text not null,
    request_hash text not null,
    status bigint,
    content_type text,
    location text,
    etag text,
    body text,
    locked_until bigint not null,
    created_at bigint not null,
    primary key (workspace_id, key_hash)
);
create index idempotency_age on idempotency (workspace_id, created_at);

create table company (
    workspace_id text not null references workspace (id),
    id text not null,
    name text not null,
    domain text,
    attributes text not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (workspace_id, id)
);
create unique index company_domain on company (workspace_id, domain);
create index company_name on company (workspace_id, name, id);

create table contact (
    workspace_id text not null references workspace (id),
    id text not null,
    name text not null,
    email text,
    phone text,
    title text,
    company_id text,
    location text,
    time_zone text,
    linkedin_url text,
    source text not null,
    owner_id text,
    suppressed text,
    do_not_call boolean not null,
    attributes text not null,
    search text not null,
    last_inbound_at bigint,
    last_outbound_at bigint,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (workspace_id, id),
    foreign key (workspace_id, company_id) references company (workspace_id, id)
);
create unique index contact_email on contact (workspace_id, email);
create index contact_created on contact (workspace_id, created_at, id);
create index contact_company on contact (workspace_id, company_id, name);

create table deal (
    workspace_id text not null references workspace (id),
    id text not null,
    name text not null,
    stage text not null,
    state text not null,
    probability bigint not null,
    amount_minor bigint,
    currency text,
    close_at bigint,
    contact_id text,
    company_id text,
    owner_id text,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (workspace_id, id),
    foreign key (workspace_id, contact_id) references contact (workspace_id, id),
    foreign key (workspace_id, company_id) references company (workspace_id, id)
);
create index deal_created on deal (workspace_id, created_at, id);
create index deal_contact on deal (workspace_id, contact_id, state);
create index deal_amount on deal (workspace_id, state, amount_minor);

-- What happened, once per source. Until its verdict is spoken a signal is its own durable work item:
-- run_after, attempts and lease are the queue.
create table signal (
    workspace_id text not null references workspace (id),
    id text not null,
    source text not null,
    kind text not null,
    dedupe_key text not null,
    occurred_at bigint not null,
    received_at bigint not null,
    contact_id text,
    company_id text,
    deal_id text,
    move_id text,
    import_id text,
    line bigint,
    payload text not null,
    verdict text not null,
    reason text,
    run_after bigint not null,
    attempts bigint not null,
    lease text,
    leased_until bigint,
    primary key (workspace_id, id)
);
create unique index signal_once on signal (workspace_id, source, dedupe_key);
create index signal_waiting on signal (workspace_id, run_after, id) where verdict = 'waiting';
create index signal_received on signal (workspace_id, received_at, id);
create index signal_contact on signal (workspace_id, contact_id, occurred_at);
create index signal_move on signal (workspace_id, move_id);
create index signal_failed on signal (workspace_id, received_at, id) where verdict = 'failed';
create index signal_company on signal (workspace_id, company_id) where company_id is not null;
create index signal_deal on signal (workspace_id, deal_id) where deal_id is not null;
create index signal_import on signal (workspace_id, import_id, line);

create table move (
    workspace_id text not null references workspace (id),
    id text not null,
    kind text not null,
    state text not null,
    title text not null,
    why text not null,
    reasons text not null,
    by_hand boolean not null,
    contact_id text,
    deal_id text,
    action text,
    thread_key text,
    source text not null,
    assignee_id text not null,
    minutes bigint not null,
    due_at bigint,
    snoozed_until bigint,
    expires_at bigint,
    waiting_since bigint,
    answered_at bigint,
    dismiss_reason text,
    aps bigint not null,
    factors text not null,
    gates text not null,
    ready boolean not null,
    urgent boolean not null,
    next_change bigint,
    scored_at bigint not null,
    facts_version bigint not null,
    created_by text,
    created_at bigint not null,
    updated_at bigint not null,
    version bigint not null,
    primary key (workspace_id, id),
    foreign key (workspace_id, contact_id) references contact (workspace_id, id),
    foreign key (workspace_id, deal_id) references deal (workspace_id, id)
);
create index move_today on move (workspace_id, assignee_id, aps desc, created_at, id) where ready;
create index move_change on move (workspace_id, next_change) where next_change is not null;
create index move_contact on move (workspace_id, contact_id, state, kind);
create index move_created on move (workspace_id, created_at, id);
create index move_state on move (workspace_id, state, created_at, id);
create index move_deal on move (workspace_id, deal_id) where deal_id is not null;
create index move_thread on move (workspace_id, thread_key) where thread_key is not null;

-- How many moves wait in each person's queue ('' is everybody's), kept in step by the writes themselves.
create table queue_count (
    workspace_id text not null references workspace (id),
    assignee_id text not null,
    ready bigint not null,
    urgent bigint not null,
    primary key (workspace_id, assignee_id)
);

-- What happened inside: the history of moves, live pages, and the numbers of later reports.
create table event (
    workspace_id text not null references workspace (id),
    seq bigint not null,
    kind text not null,
    at bigint not null,
    actor_kind text not null,
    actor_id text,
    move_id text,
    subject_id text,
    data text not null,
    primary key (workspace_id, seq)
);
create index event_move on event (workspace_id, move_id, seq) where move_id is not null;
create index event_kind on event (workspace_id, kind, at);

create table outcome (
    workspace_id text not null references workspace (id),
    id text not null,
    kind text not null,
    move_id text,
    contact_id text,
    deal_id text,
    occurred_at bigint not null,
    source text not null,
    note text,
    created_by text,
    created_at bigint not null,
    primary key (workspace_id, id)
);
create index outcome_created on outcome (workspace_id, created_at, id);
create index outcome_contact on outcome (workspace_id, contact_id, occurred_at);
create index outcome_move on outcome (workspace_id, move_id);
create index outcome_deal on outcome (workspace_id, deal_id) where deal_id is not null;

create table form (
    workspace_id text not null references workspace (id),
    id text not null,
    name text not null,
    form_key text not null,
    kind text not null,
    redirect_url text,
    assignee_id text,
    created_at bigint not null,
    disabled_at bigint,
    primary key (workspace_id, id)
);
create unique index form_form_key on form (workspace_id, form_key);

create table hook (
    workspace_id text not null references workspace (id),
    id text not null,
    provider text not null,
    name text not null,
    hook_key text not null,
    secret text not null,
    created_at bigint not null,
    disabled_at bigint,
    primary key (workspace_id, id)
);
create unique index hook_hook_key on hook (workspace_id, provider, hook_key);

-- One import of a file, and what could not be taken: rows and messages that became signals are in `signal`.
create table import (
    workspace_id text not null references workspace (id),
    id text not null,
    kind text not null,
    file_name text not null,
    state text not null,
    seen bigint not null,
    added bigint not null,
    known bigint not null,
    bad bigint not null,
    notes text not null,
    created_by text,
    created_at bigint not null,
    touched_at bigint not null,
    finished_at bigint,
    primary key (workspace_id, id)
);
create index import_created on import (workspace_id, created_at, id);

create table import_problem (
    workspace_id text not null,
    import_id text not null,
    line bigint not null,
    reason text not null,
    known boolean not null,
    primary key (workspace_id, import_id, line),
    foreign key (workspace_id, import_id) references import (workspace_id, id)
);

-- The messages of every thread, so that one knows who wrote last and which answer belongs to what.
create table mail_message (
    workspace_id text not null references workspace (id),
    message_id text not null,
    thread_key text not null,
    outbound boolean not null,
    sent_at bigint not null,
    contact_id text,
    primary key (workspace_id, message_id)
);
create index mail_message_thread on mail_message (workspace_id, thread_key, sent_at);
create index mail_message_contact on mail_message (workspace_id, contact_id, sent_at);

create table job (
    workspace_id text not null references workspace (id),
    id text not null,
    kind text not null,
    payload text not null,
    dedupe_key text,
    state text not null,
    priority bigint not null,
    run_after bigint not null,
    attempts bigint not null,
    max_attempts bigint not null,
    lease text,
    leased_until bigint,
    last_error text,
    created_at bigint not null,
    finished_at bigint,
    primary key (workspace_id, id)
);
create unique index job_once on job (workspace_id, kind, dedupe_key);
create index job_due on job (workspace_id, priority, run_after) where state = 'ready';
create index job_leased on job (workspace_id, leased_until) where state = 'running';
create index job_dead on job (workspace_id, finished_at) where state = 'dead';

-- Versioned facts that scores depend on: the learned model, the 95th percentile of deal values.
create table fact (
    workspace_id text not null references workspace (id),
    name text not null,
    version bigint not null,
    body text not null,
    created_at bigint not null,
    primary key (workspace_id, name)
);
