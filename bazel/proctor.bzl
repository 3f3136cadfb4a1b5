"""proctor_test: a server is examined by Proctor, as a test of Bazel.

    load("@proctor//:proctor.bzl", "proctor_test")

    proctor_test(
        name = "conformance",
        shard_count = 4,
        subject = ":my_server",
        subject_args = ["app-server"],
        known_failures = "known-failures.txt",
        args = ["--strict"],
    )

`args` are options of `proctor run`. Of Bazel, only what has been there for years is used: `rule`, `attr`, `runfiles`,
`expand_template` and `testing.ExecutionInfo`.
"""

def _proctor_test_impl(ctx):
    runfiles = ctx.runfiles(files = [ctx.executable.proctor] + ctx.files.known_failures + ctx.files.data)
    for target in [ctx.attr.proctor, ctx.attr.subject] + ctx.attr.data:
        if target:
            runfiles = runfiles.merge(target[DefaultInfo].default_runfiles)

    # One line of the shell for each: an assignment is where a file that is missing ends the script.
    lines = []
    if ctx.file.known_failures:
        lines.append("known_failures=$(runfile {})".format(_key(ctx, ctx.file.known_failures)))
        lines.append("set -- \"$@\" --known-failures \"$known_failures\"")
    if ctx.executable.subject:
        runfiles = runfiles.merge(ctx.runfiles(files = [ctx.executable.subject]))
        words = " ".join([_quoted(word) for word in ctx.attr.subject_args])
        lines.append("subject=$(runfile {})".format(_key(ctx, ctx.executable.subject)))
        lines.append("set -- \"$@\" -- \"$subject\" " + words)
    elif ctx.attr.subject_args:
        fail("subject_args are those of a subject, and there is none")

    launcher = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.expand_template(
        template = ctx.file._launcher,
        output = launcher,
        substitutions = {
            "%{arguments}": "".join([line + "\n" for line in lines]),
            "%{proctor}": _key(ctx, ctx.executable.proctor),
        },
        is_executable = True,
    )
    return [
        DefaultInfo(executable = launcher, runfiles = runfiles),
        # No check needs more of a network than loopback. Some servers listen on a fixed port, to which two tests at once would
        # lay claim: so each has a loopback of its own.
        testing.ExecutionInfo({"block-network": ""}),
    ]

def _key(ctx, file):
    """Where a file is in the runfiles, quoted for a shell."""
    if file.short_path.startswith("../"):
        return _quoted(file.short_path[len("../"):])
    return _quoted(ctx.workspace_name + "/" + file.short_path)

def _quoted(word):
    return "'" + word.replace("'", "'\\''") + "'"

proctor_test = rule(
    implementation = _proctor_test_impl,
    doc = "Examines a server with `proctor run`. Shards, filters, time limits and reports are those of Bazel.",
    test = True,
    attrs = {
        "data": attr.label_list(
            doc = "Files that `args` name, by `$(location)`, or that the subject reads.",
            allow_files = True,
        ),
        "known_failures": attr.label(
            doc = "Expected failures, as `proctor run --known-failures` reads them.",
            allow_single_file = True,
        ),
        "proctor": attr.label(
            doc = "The program `proctor`.",
            default = Label("//:proctor"),
            executable = True,
            allow_files = True,
            cfg = "target",
        ),
        "subject": attr.label(
            doc = "The server; without one, the reference server that is part of Proctor is examined.",
            executable = True,
            allow_files = True,
            cfg = "target",
        ),
        "subject_args": attr.string_list(doc = "The arguments with which the subject is started."),
        "_launcher": attr.label(
            default = Label("//:proctor_test.sh"),
            allow_single_file = True,
        ),
    },
)
