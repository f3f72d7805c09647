"""`project` and `tag`."""

from __future__ import annotations

from dataclasses import asdict

import click

from tui_detect.cli.common import (
    Commands,
    as_json,
    file_size,
    library_of,
    print_json,
    print_table,
    project_argument,
)
from tui_detect.core.model import Project
from tui_detect.workflows import projects, tags
from tui_detect.workflows.library import Library

yes = click.option("--yes", "-y", is_flag=True, help="Do not ask.")


@click.group(cls=Commands)
def project() -> None:
    """Create, list, show, change and delete projects."""


@project.command()
@click.argument("name")
@click.option("--description", default="", help="What it is about.")
@click.option("--domain", default="General", show_default=True, help="The recipe to train with.")
@click.pass_context
def create(ctx: click.Context, name: str, description: str, domain: str) -> None:
    """Make an empty project."""
    made = projects.create_project(library_of(ctx), name, description, domain)
    click.echo(f"made project {made.name} ({made.domain})")


@project.command("list")
@click.argument("search", default="")
@as_json
@click.pass_context
def list_(ctx: click.Context, search: str, json_: bool) -> None:
    """List projects, all or those whose name or description holds SEARCH."""
    found = projects.list_projects(library_of(ctx), search)
    if json_:
        print_json([_summary(item) for item in found])
        return
    print_table(
        ["project", "domain", "images", "tagged", "tags"],
        [(s.project.name, s.project.domain, s.images, s.tagged, s.tags) for s in found],
    )


def _summary(item: projects.ProjectSummary) -> dict[str, object]:
    return {
        "id": item.project.uuid,
        "name": item.project.name,
        "description": item.project.description,
        "domain": item.project.domain,
        "images": item.images,
        "tagged": item.tagged,
        "tags": item.tags,
    }


@project.command()
@project_argument
@as_json
@click.pass_context
def show(ctx: click.Context, project: str, json_: bool) -> None:
    """Show one project with its tags."""
    library = library_of(ctx)
    found = projects.find_project(library, project)
    item = next(s for s in projects.list_projects(library) if s.project.id == found.id)
    counts = tags.list_tags(library, found.id)
    if json_:
        print_json(_summary(item) | {"tag_list": [_tag(count) for count in counts]})
        return
    click.echo(f"{found.name} · {found.domain}")
    if found.description:
        click.echo(found.description)
    click.echo(f"{item.images} images, {item.tagged} tagged")
    if counts:
        print_table(
            ["tag", "images", "regions"], [(c.tag.name, c.images, c.regions) for c in counts]
        )


@project.command("set")
@project_argument
@click.option("--name", help="Another name.")
@click.option("--description", help="Another description.")
@click.option("--domain", help="Another domain; iterations keep the one they had.")
@click.pass_context
def set_(
    ctx: click.Context,
    project: str,
    name: str | None,
    description: str | None,
    domain: str | None,
) -> None:
    """Change a project's name, description or domain."""
    if name is None and description is None and domain is None:
        raise click.UsageError("give --name, --description or --domain")
    library = library_of(ctx)
    found = projects.find_project(library, project)
    after = projects.update_project(
        library, found.id, name=name, description=description, domain=domain
    )
    click.echo(f"{after.name} · {after.domain}")


@project.command()
@project_argument
@yes
@click.pass_context
def delete(ctx: click.Context, project: str, yes: bool) -> None:
    """Delete a project with all in it; your own picture files stay."""
    library = library_of(ctx)
    plan = projects.project_deletion(library, projects.find_project(library, project).id)
    click.echo(
        f"{plan.project.name}: {plan.images} images, {plan.regions} regions, {plan.tags} tags, "
        f"{plan.iterations} iterations, {plan.trashed} more in the trash, "
        f"{file_size(plan.size_bytes)}",
        err=True,
    )
    if not yes:
        click.confirm("Delete it all?", abort=True, err=True)
    projects.delete_project(library, plan.project.id)
    click.echo(f"deleted project {plan.project.name}")


@click.group(cls=Commands)
def tag() -> None:
    """Create, list, rename, merge and delete the tags of a project."""


def _found(ctx: click.Context, project: str) -> tuple[Library, Project]:
    library = library_of(ctx)
    return library, projects.find_project(library, project)


def _tag(count: tags.TagCount) -> dict[str, object]:
    values = asdict(count)
    kind = values.pop("tag")
    return {"id": kind["uuid"], "name": kind["name"], "colour": kind["colour"], **values}


@tag.command("create")
@project_argument
@click.argument("name")
@click.pass_context
def tag_create(ctx: click.Context, project: str, name: str) -> None:
    """Make a tag."""
    library, found = _found(ctx, project)
    click.echo(f"made tag {tags.create_tag(library, found.id, name).name}")


@tag.command("list")
@project_argument
@as_json
@click.pass_context
def tag_list(ctx: click.Context, project: str, json_: bool) -> None:
    """List tags with their images and regions in the workspace."""
    library, found = _found(ctx, project)
    counts = tags.list_tags(library, found.id)
    if json_:
        print_json([_tag(count) for count in counts])
        return
    print_table(["tag", "images", "regions"], [(c.tag.name, c.images, c.regions) for c in counts])


@tag.command("rename")
@project_argument
@click.argument("name")
@click.argument("new_name")
@click.pass_context
def tag_rename(ctx: click.Context, project: str, name: str, new_name: str) -> None:
    """Give a tag another name."""
    library, found = _found(ctx, project)
    before = tags.find_tag(library, found.id, name)
    after = tags.rename_tag(library, before.id, new_name)
    click.echo(f"{before.name} is now {after.name}")


@tag.command("merge")
@project_argument
@click.argument("source")
@click.argument("target")
@click.pass_context
def tag_merge(ctx: click.Context, project: str, source: str, target: str) -> None:
    """Give all regions of SOURCE to TARGET and delete SOURCE."""
    library, found = _found(ctx, project)
    before = tags.find_tag(library, found.id, source)
    after = tags.find_tag(library, found.id, target)
    changed = tags.merge_tags(library, before.id, after.id)
    click.echo(f"{changed} regions of {before.name} are now {after.name}")


@tag.command("delete")
@project_argument
@click.argument("name")
@yes
@click.pass_context
def tag_delete(ctx: click.Context, project: str, name: str, yes: bool) -> None:
    """Delete a tag and its regions; the images stay."""
    library, found = _found(ctx, project)
    gone = tags.find_tag(library, found.id, name)
    regions = next(c.regions for c in tags.list_tags(library, found.id) if c.tag.id == gone.id)
    if not yes:
        click.confirm(f"Delete {gone.name} with its {regions} regions?", abort=True, err=True)
    click.echo(f"deleted {gone.name} with {tags.delete_tag(library, gone.id)} regions")


COMMANDS = (project, tag)
