"""The stream of a contract."""

from domain.command_handling.handler import Aggregate
from domain.contract.state import Contract, evolve

CONTRACT = Aggregate("contract", Contract(), evolve)
