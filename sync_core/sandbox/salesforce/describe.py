"""describe, generated from the field tables: what a client learns about the objects and their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sync_core.sandbox.salesforce.fields import TEXT_TYPES, Field, SObject

if TYPE_CHECKING:
    from sync_core.sandbox.salesforce.store import Org

_SOAP: Final = {"boolean": "xsd:boolean", "int": "xsd:int", "date": "xsd:date", "datetime": "xsd:dateTime",
                "id": "tns:ID", "reference": "tns:ID", "base64": "xsd:base64Binary"}  # fmt: skip


def summary(org: Org, table: SObject, version: int) -> dict[str, object]:
    """One entry of the global describe, and the head of the full one."""
    base = f"/services/data/v{version}.0/sobjects/{table.name}"
    return {
        "name": table.name,
        "label": table.label,
        "labelPlural": table.plural,
        "keyPrefix": table.prefix,
        "custom": table.name.endswith("__c"),
        "createable": table.createable and org.allowed(table.name, "create"),
        "updateable": table.updateable and org.allowed(table.name, "edit"),
        "deletable": table.deletable and org.allowed(table.name, "delete"),
        "undeletable": table.deletable,
        "queryable": table.queryable,
        "retrieveable": True,
        "replicateable": "IsDeleted" in table.fields,
        "searchable": table.queryable,
        "mergeable": table.name in ("Account", "Contact"),
        "layoutable": table.createable,
        "triggerable": table.createable,
        "activateable": False,
        "deprecatedAndHidden": False,
        "urls": {"sobject": base, "describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}"},
    }


def everything(org: Org, version: int) -> dict[str, object]:
    """The global describe: every object the user may read."""
    tables = [table for table in org.schema.values() if org.allowed(table.name, "read")]
    return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [summary(org, table, version) for table in tables]}


def full(org: Org, table: SObject, version: int) -> dict[str, object]:
    """The describe of one object with its fields, as far as version and field-level security show them."""
    fields = [_field(org, table, field, version) for field in table.visible(version)]
    return {
        **summary(org, table, version),
        "fields": fields,
        "childRelationships": [],
        "recordTypeInfos": [],
        "supportedScopes": [{"label": f"All {table.plural}", "name": "everything"}],
    }


def _field(org: Org, table: SObject, field: Field, version: int) -> dict[str, object]:
    text = field.type in TEXT_TYPES or field.type in ("id", "reference")
    return {
        "name": field.name,
        "label": field.label,
        "type": field.type,
        "soapType": _SOAP.get(field.type, "xsd:string"),
        "length": field.length if text else 0,
        "byteLength": field.length * 3 if field.type in TEXT_TYPES else field.length if text else 0,
        "digits": field.length if field.type == "int" else 0,
        "precision": 0,
        "scale": 0,
        "createable": field.createable(version) and table.createable and org.allowed(table.name, "create"),
        "updateable": field.update and table.updateable and org.allowed(table.name, "edit"),
        "nillable": field.nillable,
        "defaultedOnCreate": field.default is not None,
        "defaultValue": field.default if field.type == "boolean" else None,
        "filterable": field.filterable,
        "sortable": field.sortable,
        "groupable": field.filterable and field.type not in ("datetime", "textarea"),
        "aggregatable": field.filterable and field.type != "boolean",
        "custom": field.custom,
        "calculated": False,
        "autoNumber": False,
        "unique": field.unique,
        "caseSensitive": False,
        "externalId": field.external_id,
        "idLookup": field.external_id or field.name == "Id",
        "nameField": field.name == table.name_field,
        "namePointing": len(field.targets) > 1,
        "polymorphicForeignKey": len(field.targets) > 1,
        "permissionable": field.create and field.nillable,
        "restrictedPicklist": field.restricted,
        "picklistValues": _choices(field),
        "referenceTo": list(field.targets),
        "relationshipName": field.relationship,
        "inlineHelpText": None,
        "compoundFieldName": None,
    }


def _choices(field: Field) -> list[dict[str, object]]:
    return [
        {
            "value": choice,
            "label": {"OutOfOffice": "Out of Office"}.get(choice, choice),
            "active": True,
            "defaultValue": choice == field.default,
            "validFor": None,
        }
        for choice in field.choices
    ]
