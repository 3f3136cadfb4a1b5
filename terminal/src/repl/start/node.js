const { REPLServer } = require('repl');
const { Interface } = require('readline');

let number = {seed}n;

// The REPL sets the prompt that it is about to show before it asks for it to be shown.
REPLServer.prototype.prompt = function (keep) {
  const kind = this.getPrompt().startsWith('>') ? 'p' : 'c';
  if (kind === 'p') number = BigInt.asIntN(64, number * {factor}n + {term}n);
  Interface.prototype.setPrompt.call(this, `{${kind}:${number}}`);
  Interface.prototype.prompt.call(this, keep);
};
