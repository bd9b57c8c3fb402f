"""The type stubs say what the module has: the same public names, members, parameters and defaults."""

import ast
import inspect
import pathlib
import re

import bakeoff
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
STUB = ROOT / "python-bindings/bakeoff/__init__.pyi"
TREE = ast.parse(STUB.read_text())


def named(kind):
    return {node.name: node for node in TREE.body if isinstance(node, kind)}


CLASSES, FUNCTIONS = named(ast.ClassDef), named(ast.FunctionDef)
VALUES = {node.target.id for node in TREE.body if isinstance(node, ast.AnnAssign)}
METHODS = [(owner, node) for owner, tree in CLASSES.items() for node in tree.body if isinstance(node, ast.FunctionDef)]


def public(names):
    return {name for name in names if not name.startswith("_")}


def the(name):
    """The public object, or a class that only the engine's module names."""
    if name.startswith("_"):
        from bakeoff import _core

        return getattr(_core, name[1:])
    return getattr(bakeoff, name)


def test_the_same_public_names():
    assert public([*CLASSES, *FUNCTIONS]) == set(bakeoff.__all__)
    assert "__version__" in VALUES
    assert isinstance(bakeoff.__version__, str)


def stub_parameters(node):
    """[(name, default)] with ... for a default that is no literal, and None for no default."""
    positional = [*node.args.posonlyargs, *node.args.args]
    missing = [None] * (len(positional) - len(node.args.defaults))
    pairs = [*zip(positional, [*missing, *node.args.defaults]), *zip(node.args.kwonlyargs, node.args.kw_defaults)]
    out = [(argument.arg, None if default is None else ast.unparse(default)) for argument, default in pairs]
    return out + ([(node.args.kwarg.arg, None)] if node.args.kwarg else [])


def real_parameters(function):
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return bound_parameters(function)
    return [(p.name, None if p.default is p.empty else repr(p.default)) for p in parameters]


def bound_parameters(function):
    """Of a function of the engine, from the first line of its docstring: f(self: Registry, name: str = '') -> None."""
    line = function.__doc__.splitlines()[0]
    inside = re.match(r"\w+\((.*)\)( -> .*)?$", line).group(1)
    parts = re.split(r", (?=\w+:)", inside)
    pairs = [re.match(r"(\w+): [^=]*?(?: = (.*))?$", part).groups() for part in parts]
    return [(name, default) for name, default in pairs]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function(name):
    assert stub_parameters(FUNCTIONS[name]) == real_parameters(the(name))


@pytest.mark.parametrize("owner,node", METHODS, ids=[f"{owner}.{node.name}" for owner, node in METHODS])
def test_method(owner, node):
    member = inspect.getattr_static(the(owner), node.name)
    if any(isinstance(d, ast.Name) and d.id == "property" for d in node.decorator_list):
        assert isinstance(member, property)
    else:
        assert stub_parameters(node) == real_parameters(getattr(the(owner), node.name))


def attributes_set(owner):
    """What the class assigns to self; of a class of the engine, nothing."""
    try:
        tree = ast.parse(inspect.getsource(owner))
    except (OSError, TypeError):
        return set()
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name) and node.value.id == "self"}


@pytest.mark.parametrize("name", [name for name in CLASSES if CLASSES[name].body[0].__class__ is not ast.Expr])
def test_class_has_the_same_members(name):
    stub = {node.target.id for node in CLASSES[name].body if isinstance(node, ast.AnnAssign)}
    stub |= {node.name for node in CLASSES[name].body if isinstance(node, ast.FunctionDef)}
    real = public(vars(the(name))) | public(attributes_set(the(name)))
    assert public(stub) == real


ERRORS = [name for name in CLASSES if name not in dict(METHODS) and CLASSES[name].bases]


@pytest.mark.parametrize("name", ERRORS)
def test_errors_have_the_stub_s_bases(name):
    base = CLASSES[name].bases[0].id
    assert issubclass(the(name), Exception if base == "Exception" else the(base))
