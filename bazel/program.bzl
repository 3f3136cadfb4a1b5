"""program: a file that can be run, as a target of its own."""

def _program_impl(ctx):
    link = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = link, target_file = ctx.file.src, is_executable = True)
    return [DefaultInfo(executable = link, runfiles = ctx.runfiles(files = [ctx.file.src]))]

program = rule(
    implementation = _program_impl,
    doc = "Makes a target for `bazel run`, `--run_under` and attributes of a file that was built elsewhere.",
    executable = True,
    attrs = {"src": attr.label(mandatory = True, allow_single_file = True)},
)
